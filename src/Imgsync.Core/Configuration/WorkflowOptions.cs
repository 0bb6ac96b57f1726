using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Imgsync.Core.Configuration;

/// <summary>How the hosted workflow spends its time.</summary>
public sealed record WorkflowOptions
{
    [Description("How long one activity works before it leaves a checkpoint and is called again.")]
    public TimeSpan ActivityBudget { get; init; } = TimeSpan.FromMinutes(8);

    [Description("How often an activity is tried when it fails in a way that may pass.")]
    [Range(1, 20)]
    public int Attempts { get; init; } = 3;

    [Description("The wait before the second try; it doubles from then on.")]
    public TimeSpan FirstRetryAfter { get; init; } = TimeSpan.FromSeconds(30);
}
