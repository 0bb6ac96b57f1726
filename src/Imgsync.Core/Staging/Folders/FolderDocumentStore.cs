namespace Imgsync.Core.Staging.Folders;

/// <summary>Documents as files of the staging folder.</summary>
public sealed class FolderDocumentStore(string root) : IDocumentStore
{
    private readonly StagingFolder _folder = new(root);

    public async Task<byte[]?> LoadAsync(string document, int longest, CancellationToken cancellationToken)
    {
        await using var file = _folder.OpenRead(document);
        if (file is null)
            return null;

        var content = DocumentTooLongException.Room(document, root, file.Length, longest);
        await file.ReadExactlyAsync(content, cancellationToken);
        return content;
    }

    public async Task SaveAsync(string document, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await _folder.WriteAsync(document, content, cancellationToken);
        }
        catch (Exception fault) when (StagingFolder.IsFailure(fault))
        {
            throw _folder.Explain($"Saving {document}", fault);
        }
    }
}
