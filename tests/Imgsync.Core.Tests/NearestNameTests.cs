namespace Imgsync.Core.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] Known = ["debian11", "debian12", "debian12-arm64", "ubuntu22", "ubuntu24", "prefix"];

    [Theory]
    [InlineData("debain12", "debian12")]
    [InlineData("debian-12", "debian12")]
    [InlineData("Ubuntu24", "ubuntu24")]
    [InlineData("debian12-amd64", "debian12-arm64")]
    [InlineData("prefx", "prefix")]
    public void A_slip_of_the_finger_finds_the_name_that_was_meant(string wrong, string meant) =>
        Assert.Equal(meant, NearestName.Find(wrong, Known));

    [Theory]
    [InlineData("")]
    [InlineData("windows2022")]
    public void A_name_that_looks_like_nothing_known_finds_nothing(string wrong) =>
        Assert.Null(NearestName.Find(wrong, Known));
}
