using System.Text.Json.Serialization;

namespace Imgsync.Core.Checking;

/// <summary>What a check of the whole set-up found, in the order of the table.</summary>
public sealed record CheckReport(IReadOnlyList<CheckResult> Checks)
{
    [JsonIgnore]
    public bool IsGood => Checks.All(check => check.IsGood);
}

/// <summary>One line of <c>imgsync config check</c>. A step that an earlier one's failure kept from being taken has none.</summary>
/// <param name="Area">What is checked: <c>cloud</c>, <c>upstream</c>, <c>staging</c> or <c>notify</c>.</param>
/// <param name="Subject">Which one of them: a cloud's name, a distribution's key, a receiver of messages.</param>
/// <param name="Step">What a run would do there: <c>sign in</c>.</param>
/// <param name="Detail">What was found, or the sentence that says why it cannot be done.</param>
public sealed record CheckResult(string Area, string Subject, string Step, bool IsGood, string Detail);
