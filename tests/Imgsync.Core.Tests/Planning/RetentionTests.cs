using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Planning;

public sealed class RetentionTests
{
    [Theory]
    [MemberData(nameof(RetentionRows.Kept), MemberType = typeof(RetentionRows))]
    [MemberData(nameof(RetentionRows.Ours), MemberType = typeof(RetentionRows))]
    [MemberData(nameof(RetentionRows.Steps), MemberType = typeof(RetentionRows))]
    public void Decides(string because, RetentionCase row) => Assert.Equal((because, row.Expected), (because, row.Decide()));

    [Theory]
    [InlineData(OrphanPolicy.Keep, "debian13", "")]
    [InlineData(OrphanPolicy.Prune, "debian13", "delete 20240801")]
    [InlineData(OrphanPolicy.Prune, "debian12", "")]
    [InlineData(OrphanPolicy.Prune, "", "")]
    public void Orphans_go_only_when_asked_for_and_when_something_else_is_configured(
        OrphanPolicy orphans, string configured, string expected) =>
        Assert.Equal(expected, new RetentionCase("20240801/3", expected) { Steps = new() { Orphans = orphans } }.DecideOrphans(configured));

    [Theory]
    [InlineData("20240801/3,owner:theirs", "")]
    [InlineData("20240801/3,status:saving", "")]
    [InlineData("20240801/3,legacy", "")]
    [InlineData("20240801/10", "hide 20240801")]
    [InlineData("20240801/5", "make community 20240801")]
    [InlineData("20240801/3", "")]
    public void Orphans_are_finished_images_of_ours_and_take_the_same_steps(string image, string expected) =>
        Assert.Equal(expected, new RetentionCase(image, expected)
        {
            Steps = RetentionRows.Never with { CommunityAfter = TimeSpan.FromDays(5), HideAfter = TimeSpan.FromDays(7), Orphans = OrphanPolicy.Prune, AdoptLegacy = true },
        }.DecideOrphans("debian13"));
}
