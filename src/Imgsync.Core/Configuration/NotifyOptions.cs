using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Configuration;

/// <summary>One receiver of messages about what runs found and did.</summary>
public sealed record NotifyOptions
{
    [Description(
        "Where messages are sent. A secret, because whoever knows a webhook's URL can write there; messages and logs show its host only. "
            + "For Matrix, the homeserver's.")]
    public Secret? Url { get; init; }

    [Description("What the receiver understands: cloudevents for any program, or the form of slack, teams or matrix.")]
    public MessageForm Form { get; init; } = MessageForm.Cloudevents;

    [Description(
        "What cloudevents are signed with, as Standard Webhooks says: whsec_ and 24 to 64 bytes in Base64, or text of at least 24 bytes. "
            + "Not signed where nothing is set.")]
    public Secret? Secret { get; init; }

    [Description("The access token of the Matrix user who writes.")]
    public Secret? Token { get; init; }

    [Description("The Matrix room that is written to, by its id.")]
    public string? Room { get; init; }

    [Description("What is told: failure, recovery, published, refused-rollback.")]
    public IReadOnlyList<Occasion> On { get; init; } =
        [Occasion.Failure, Occasion.Recovery, Occasion.Published, Occasion.RefusedRollback];

    [Description("After how long a failure that goes on is told again; 0 for never.")]
    [Age]
    public TimeSpan Remind { get; init; } = TimeSpan.FromDays(1);

    [Description("How long the receiver may take to answer.")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    [Description("A file of further certificate authorities (PEM) that may vouch for this receiver, instead of upstream.caFile.")]
    public string? CaFile { get; init; }

    [Description("Further certificate authorities (PEM) for this receiver by value, where there is no file to name, as in app settings.")]
    public string? CaPem { get; init; }
}

/// <summary>The form of a message.</summary>
public enum MessageForm
{
    /// <summary>CloudEvents 1.0 as structured JSON, one event for each occasion of a run.</summary>
    Cloudevents,

    /// <summary>An incoming webhook of Slack, or of what understands the same.</summary>
    Slack,

    /// <summary>An Adaptive Card for a webhook of a Teams workflow.</summary>
    Teams,

    /// <summary>A notice in a Matrix room.</summary>
    Matrix,
}

/// <summary>What is worth a message.</summary>
[JsonConverter(typeof(WordConverter<Occasion>))]
public enum Occasion
{
    /// <summary>An image, or the clean-up of a cloud, fails: when it begins, when its kind changes, and as a reminder.</summary>
    Failure,

    /// <summary>What a message told as failed or refused ended well.</summary>
    Recovery,

    /// <summary>A newer image stands in a cloud.</summary>
    Published,

    /// <summary>What the publisher offers is older than what was published, or contradicts it, and is not followed.</summary>
    RefusedRollback,
}
