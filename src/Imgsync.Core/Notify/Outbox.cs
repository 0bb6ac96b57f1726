using System.Text.Json;

namespace Imgsync.Core.Notify;

/// <summary>Keeps a run's news beside its report until they are sent: whoever sends them may be another process, or try again.</summary>
public sealed class Outbox(IDocumentStore documents)
{
    private const int LongestBytes = 256 << 20;

    /// <summary>Before the standing of images changes: from that alone nobody can tell any more what is new.</summary>
    public Task KeepAsync(RunNews news, CancellationToken cancellationToken) =>
        documents.SaveAsync(Name(news.Run), JsonSerializer.SerializeToUtf8Bytes(news, NewsJson.Default.RunNews), cancellationToken);

    /// <returns>Null when a run has none.</returns>
    public async Task<RunNews?> FindAsync(RunId run, CancellationToken cancellationToken)
    {
        try
        {
            return await documents.LoadAsync(Name(run), LongestBytes, cancellationToken) is { } content
                && JsonSerializer.Deserialize(content, NewsJson.Default.RunNews) is { Items: not null } news ? news : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Name(RunId run) => $"reports/{run}/news.json";
}
