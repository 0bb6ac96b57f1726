using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Imgsync.Core.Notify;

/// <summary>The headers by which a receiver knows who sent a message, and when: the Standard Webhooks specification, version 1.</summary>
internal static class WebhookSignature
{
    /// <param name="key">Null where messages are not signed.</param>
    public static IReadOnlyDictionary<string, string> Headers(MessageRequest message, byte[]? key, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["webhook-id"] = message.Id,
            ["webhook-timestamp"] = timestamp,
        };
        if (key is not null)
            headers["webhook-signature"] = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Signed(message, timestamp)));
        return headers;
    }

    private static byte[] Signed(MessageRequest message, string timestamp) =>
        [.. Encoding.UTF8.GetBytes($"{message.Id}.{timestamp}."), .. message.Body];
}
