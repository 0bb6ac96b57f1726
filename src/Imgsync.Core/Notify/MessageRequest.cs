using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Notify;

/// <summary>One request that brings a receiver a message.</summary>
/// <param name="Id">The same however often it is sent, so that the receiver can know it again.</param>
internal sealed record MessageRequest(string Id, HttpMethod Method, Uri Url, string ContentType, byte[] Body)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>All that one run has for one receiver, in its form. Each but CloudEvents is a single message.</summary>
    public static IEnumerable<MessageRequest> All(NotifyOptions receiver, RunNews news)
    {
        var items = news.For(receiver);
        var url = new Uri(receiver.Url!.Reveal());
        return receiver.Form switch
        {
            _ when items is [] => [],
            MessageForm.Cloudevents => CloudEventForm.All(receiver, url, news, items),
            MessageForm.Slack => [SlackForm.Of(url, news, NewsText.Of(news, items))],
            MessageForm.Teams => [TeamsForm.Of(url, news, NewsText.Of(news, items))],
            _ => [MatrixForm.Of(receiver, url, news, NewsText.Of(news, items))],
        };
    }

    /// <summary>JSON in which only what must be escaped is, because receivers count bytes.</summary>
    public static byte[] Json(JsonObject body) => Encoding.UTF8.GetBytes(body.ToJsonString(Plain));
}
