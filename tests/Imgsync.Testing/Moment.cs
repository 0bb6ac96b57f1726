namespace Imgsync.Testing;

/// <summary>Where in a request something happens.</summary>
/// <param name="Bytes">How many bytes pass before it does.</param>
public sealed record Moment(MomentKind Kind, long Bytes = 0)
{
    /// <summary>The client has asked, and the server knows nothing of it.</summary>
    public static Moment BeforeRequest { get; } = new(MomentKind.BeforeRequest);

    /// <summary>The server has done what it was asked, and the client does not know.</summary>
    public static Moment BeforeAnswer { get; } = new(MomentKind.BeforeAnswer);

    public static Moment MiddleOfBody(long bytes) => new(MomentKind.MiddleOfBody, bytes);

    /// <param name="bytes">Of the answer, its head included.</param>
    public static Moment MiddleOfAnswer(long bytes) => new(MomentKind.MiddleOfAnswer, bytes);
}

public enum MomentKind
{
    BeforeRequest,
    MiddleOfBody,
    BeforeAnswer,
    MiddleOfAnswer,
}
