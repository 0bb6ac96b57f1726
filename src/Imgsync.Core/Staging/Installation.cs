using System.Text;

namespace Imgsync.Core.Staging;

/// <summary>The name of this installation: that of its staging store, made up once and kept there.</summary>
public sealed class Installation(IDocumentStore documents) : IDisposable
{
    private const string Document = "installation";
    private const int LongestBytes = 1024;

    private readonly SemaphoreSlim _once = new(1);
    private string? _name;

    /// <summary>A UUID in hex. Asked for under the run lock first, so that two runs cannot make up two names.</summary>
    public async Task<string> NameAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            return _name ??= await LoadAsync(cancellationToken) ?? await MakeUpAsync(cancellationToken);
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose() => _once.Dispose();

    private async Task<string?> LoadAsync(CancellationToken cancellationToken) =>
        await documents.LoadAsync(Document, LongestBytes, cancellationToken) is { } known ? Encoding.ASCII.GetString(known) : null;

    private async Task<string> MakeUpAsync(CancellationToken cancellationToken)
    {
        var name = Guid.NewGuid().ToString("n");
        await documents.SaveAsync(Document, Encoding.ASCII.GetBytes(name), cancellationToken);
        return name;
    }
}
