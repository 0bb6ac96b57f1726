namespace Imgsync.Core.Staging.Folders;

/// <summary>Documents as files of the staging folder. A file is written under another
/// name first, so that nobody reads half of it.</summary>
public sealed class FolderDocumentStore(string root) : IDocumentStore
{
    public async Task<byte[]?> LoadAsync(string document, int longest, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, document);
        if (!File.Exists(path))
            return null;

        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);
        var content = DocumentTooLongException.Room(document, root, file.Length, longest);
        await file.ReadExactlyAsync(content, cancellationToken);
        return content;
    }

    public async Task SaveAsync(string document, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, document);
        var whole = $"{path}.{Guid.NewGuid():n}{FolderStagingWriter.Unfinished}";
        try
        {
            StagingFolder.Make(root, path);
            await File.WriteAllBytesAsync(whole, content, cancellationToken);
            File.Move(whole, path, overwrite: true);
        }
        catch (Exception fault) when (FolderFailure.IsOne(fault))
        {
            File.Delete(whole);
            throw FolderFailure.Of($"Saving {document}", root, fault);
        }
    }
}
