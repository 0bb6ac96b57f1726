using System.Text;

namespace Imgsync.Core.Configuration.Loading;

/// <summary>What a receiver of messages needs. No sentence shows its URL, which is a secret.</summary>
internal static class NotifyRules
{
    /// <param name="label">How a key of this receiver, such as <c>:url</c>, is called where it was set.</param>
    public static IEnumerable<string> Check(NotifyOptions receiver, Func<string, string> label)
    {
        // An empty secret is one whose file cannot be read, which has a sentence already.
        if (receiver.Url is null)
            yield return $"{label("")} lacks url: name where its messages are sent.";
        else if (receiver.Url.Reveal() is { Length: > 0 } url && Complaint(url) is { } complaint)
            yield return $"{label(":url")} {complaint}.";
        if (receiver.On.Count == 0)
            yield return $"{label(":on")} is empty, so this receiver is told nothing: name an occasion, or leave the key out for all.";

        if (receiver.Secret is not null && receiver.Form is not MessageForm.Cloudevents)
            yield return $"{label(":secret")} signs cloudevents only: leave it out, or change the form.";
        else if (receiver.Secret?.Reveal() is { Length: > 0 } secret && !IsLongEnough(secret))
            yield return $"{label(":secret")} must be whsec_ and 24 to 64 bytes in Base64, or text of at least 24 bytes.";

        var isMatrix = receiver.Form is MessageForm.Matrix;
        if (isMatrix && receiver.Token is null)
            yield return $"{label("")} lacks token: set the access token of the Matrix user who writes.";
        if (isMatrix && receiver.Room is null)
            yield return $"{label("")} lacks room: set the id of the Matrix room.";
        if (isMatrix && receiver.Room is { } room && !room.StartsWith('!'))
            yield return $"{label(":room")} is '{room}': it must be the room's id, which begins with !, and not its alias.";
        if (!isMatrix && receiver.Token is not null)
            yield return $"{label(":token")} is for the form matrix only.";
        if (!isMatrix && receiver.Room is not null)
            yield return $"{label(":room")} is for the form matrix only.";
        if (receiver is { CaFile.Length: > 0, CaPem.Length: > 0 })
            yield return $"{label("")} has both caFile and caPem; leave one out.";
    }

    public static IEnumerable<string> Questionable(IEnumerable<NotifyOptions> receivers) =>
        from receiver in receivers.Index()
        where Uri.TryCreate(receiver.Item.Url?.Reveal(), UriKind.Absolute, out var url) && url is { Scheme: "http", IsLoopback: false }
        select $"notify[{receiver.Index}].url begins with http://, so whoever is on the way reads the messages and their URL.";

    /// <summary>The bytes of a secret by the Standard Webhooks specification; null where it is in no form of it.</summary>
    public static byte[]? Key(string secret)
    {
        const string Prefix = "whsec_";
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(secret);

        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length) && length <= 64 ? key[..length] : null;
    }

    private static bool IsLongEnough(string secret) => Key(secret) is { Length: >= 24 };

    private static string? Complaint(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? url.UserInfo.Length == 0 ? null : "must not hold a user name or password"
        : "must be a whole URL that begins with https:// or http://";
}
