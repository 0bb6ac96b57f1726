using System.Text.Json.Nodes;
using Imgsync.Core.Configuration;

namespace Imgsync.Core.Notify;

/// <summary>A notice in a Matrix room (Client-Server API). The transaction's id is the run's: a homeserver takes it once.</summary>
internal static class MatrixForm
{
    public static MessageRequest Of(NotifyOptions receiver, Uri homeserver, RunNews news, NewsText text)
    {
        var room = Uri.EscapeDataString(receiver.Room!);
        var url = new Uri(homeserver, $"/_matrix/client/v3/rooms/{room}/send/m.room.message/{Uri.EscapeDataString($"imgsync-{news.Run}")}");
        var body = new JsonObject { ["msgtype"] = "m.notice", ["body"] = string.Join('\n', text.Lines.Prepend(text.Title)) };
        return new MessageRequest($"{news.Run}", HttpMethod.Put, url, "application/json", MessageRequest.Json(body))
        {
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = $"Bearer {receiver.Token!.Reveal()}" },
        };
    }
}
