using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Imgsync.Core.Configuration;
using RestSharp;

namespace Imgsync.Core.Glance;

/// <summary>What a service says about its refusal, as plain words on one line: from Glance's JSON, Keystone's, or a proxy's HTML.</summary>
internal static partial class CloudMessage
{
    private const int LongestMessage = 300;

    public static string In(RestResponse response, KeystoneOptions auth)
    {
        var said = FromJson(response.RawBytes) ?? response.Content ?? "";
        // Glance ends its sentences in <br /> and newlines; a proxy answers with a page.
        said = WebUtility.HtmlDecode(Invisible().Replace(said, " "));
        said = Whitespace().Replace(said, " ").Trim().TrimEnd('.');
        // A debugging proxy may echo what we sent.
        foreach (var secret in (string?[])[auth.Password?.Reveal(), auth.ApplicationCredentialSecret?.Reveal(), auth.Token?.Reveal(),
            TokenOf(response)])
        {
            if (secret is { Length: > 0 })
                said = said.Replace(secret, "***", StringComparison.Ordinal);
        }

        return said.Length <= LongestMessage ? said : said[..LongestMessage] + "…";
    }

    private static string? TokenOf(RestResponse response) => response.Request.Parameters.TryFind(CloudApi.TokenHeader)?.Value as string;

    /// <summary>True when the refusal has the form in which OpenStack's services word theirs, and proxies do not.</summary>
    public static bool IsOpenStacks(RestResponse response) => FromJson(response.RawBytes, "title") is not null;

    private static string? FromJson(byte[]? body, string member = "message")
    {
        try
        {
            using var json = JsonDocument.Parse(body ?? []);
            var error = json.RootElement;
            if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("error", out var wrapped))
                error = wrapped;
            return error.ValueKind == JsonValueKind.Object ? error.Optional(member) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Of strangers' text, and searched on from every bracket: only an engine that never steps back is linear here. It is slow to start.
    [GeneratedRegex(
        @"(?s)<(style|script|title)\b.*?</(style|script|title)>|<[^>]*>",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex Invisible();

    [GeneratedRegex(@"[\s\p{C}]+", RegexOptions.None, 1000)]
    private static partial Regex Whitespace();
}
