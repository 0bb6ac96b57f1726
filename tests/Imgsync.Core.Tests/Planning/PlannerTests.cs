namespace Imgsync.Core.Tests.Planning;

public sealed class PlannerTests
{
    [Theory]
    [MemberData(nameof(PlannerRows.Identity), MemberType = typeof(PlannerRows))]
    [MemberData(nameof(PlannerRows.OlderTool), MemberType = typeof(PlannerRows))]
    [MemberData(nameof(PlannerRows.Order), MemberType = typeof(PlannerRows))]
    [MemberData(nameof(PlannerRows.Replays), MemberType = typeof(PlannerRows))]
    [MemberData(nameof(PlannerRows.Steps), MemberType = typeof(PlannerRows))]
    [MemberData(nameof(PlannerRows.Signatures), MemberType = typeof(PlannerRows))]
    [MemberData(nameof(PlannerRows.Ages), MemberType = typeof(PlannerRows))]
    [MemberData(nameof(PlannerRows.Settings), MemberType = typeof(PlannerRows))]
    [MemberData(nameof(PlannerRows.Leftovers), MemberType = typeof(PlannerRows))]
    [MemberData(nameof(PlannerRows.Forced), MemberType = typeof(PlannerRows))]
    [MemberData(nameof(PlannerRows.Formats), MemberType = typeof(PlannerRows))]
    public void Decides(string because, PlannerCase row) => Assert.Equal((because, row.Expected), (because, row.Decide()));
}
