using Imgsync.Core.Publishing;

namespace Imgsync.Core.Tests.Publishing;

/// <summary>Whose unfinished images are leftovers: Glance itself keeps them for ever.</summary>
public sealed class RunMarkTests
{
    private static readonly DateTimeOffset Now = new(2024, 8, 4, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("here/earlier", 0, true)]
    [InlineData("here/this", 0, true)]
    [InlineData("there/earlier", 0, false)]
    [InlineData("there/earlier", 24, false)]
    [InlineData("there/earlier", 25, true)]
    [InlineData("here-too/earlier", 0, false)]
    [InlineData("here", 0, false)]
    [InlineData("", 25, true)]
    public void An_installation_knows_its_own_runs_and_gives_others_a_day(string mark, int hoursUnchanged, bool over) =>
        Assert.Equal(over, new RunMark("here", RunId.Parse("this")).IsOver(mark, Now.AddHours(-hoursUnchanged), Now));
}
