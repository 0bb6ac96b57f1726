using System.Text;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs.Models;
using Imgsync.Cloud.Tests.Hosted;

namespace Imgsync.Cloud.Tests.Secrets;

/// <summary>Everything that a hosted run has written, wherever it has, as one text to search.</summary>
internal sealed partial class Written
{
    private readonly StringBuilder _all = new();

    public string All => _all.ToString();

    public static async Task<Written> CollectAsync(HostedScenario hosted, Exception? failure)
    {
        var written = new Written();
        written.Add(hosted.Base.Log.Lines);
        written.Add([failure?.ToString() ?? ""]);
        if (hosted.Execution is { } execution)
            written.Add([.. await execution.KeptAsync(), .. execution.Calls.SelectMany(call => new[] { call.Json, call.Output ?? "" })]);
        await written.AddContainerAsync(hosted);
        return written;
    }

    /// <summary>Fails when one of these is anywhere, or any token of a real Keystone.</summary>
    public void AssertHoldsNone(IEnumerable<string> secrets)
    {
        var all = All;
        foreach (var secret in secrets)
            Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(FernetToken(), all);
    }

    private void Add(IEnumerable<string> texts)
    {
        foreach (var text in texts)
            _all.AppendLine(text);
    }

    private async Task AddContainerAsync(HostedScenario hosted)
    {
        var cancel = TestContext.Current.CancellationToken;
        if (!await hosted.Container.ExistsAsync(cancel))
            return;

        await foreach (var blob in hosted.Container.GetBlobsAsync(BlobTraits.All, BlobStates.None, prefix: null, cancel))
        {
            var content = await hosted.Container.GetBlobClient(blob.Name).DownloadContentAsync(cancel);
            Add([blob.Name, .. blob.Metadata.Values, Encoding.Latin1.GetString(content.Value.Content)]);
        }
    }

    /// <summary>Keystone's tokens: Fernet, version 0x80 in base64url.</summary>
    [GeneratedRegex("gAAAA[A-Za-z0-9_-]{60,}", RegexOptions.NonBacktracking)]
    private static partial Regex FernetToken();
}
