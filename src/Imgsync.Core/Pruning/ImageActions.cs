using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Runs;
using Imgsync.Core.Staging;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Pruning;

/// <summary>Carries out in one cloud what was planned for images that are there.</summary>
/// <param name="hold">Asked before anything is changed.</param>
public sealed partial class ImageActions(string cloud, GlanceClient glance, RunHold hold, ILogger logger)
{
    /// <exception cref="RunLockLostException">The run has lost its lock, and changes nothing any more.</exception>
    public async Task TakeAsync(PlannedAction action, CancellationToken cancellationToken)
    {
        if (action.Kind is ActionKind.Leave)
            return;

        await hold.RequireAsync(cancellationToken);
        var id = action.Image.Id;
        if (action.Reactivates)
            await glance.ReactivateAsync(id, cancellationToken);

        // Before our mark forgets them: a run that ends here takes them away the next time.
        foreach (var member in action.FormerMembers)
            await glance.Members.RemoveAsync(id, member, cancellationToken);
        if (action.Patch.Count > 0)
            await glance.PatchAsync(id, action.Patch, cancellationToken);
        if (action.NewTags.Count > 0)
            await glance.AddTagsAsync(id, action.NewTags, cancellationToken);
        foreach (var member in action.NewMembers)
            await glance.Members.AddAsync(id, member, cancellationToken);
        if (action.AcceptedMembers.Count > 0)
            await AcceptAsync(id, action.AcceptedMembers, cancellationToken);
        // An import may have brought it there already.
        if (action.NewStores.Except(action.Image.Stores, StringComparer.Ordinal).ToList() is { Count: > 0 } stores)
            await glance.Stores.CopyAsync(id, stores, cancellationToken);
        if (action.Kind is ActionKind.Deactivate)
            await glance.DeactivateAsync(id, cancellationToken);
        if (action.Kind is ActionKind.Delete)
            await glance.DeleteAsync(id, cancellationToken);
        LogTaken(Word.Of(action.Kind), action.Image.Name, id, cloud, action.Reason);
    }

    /// <summary>Looks again: the list may be old, and of an image that was not shared there was none. Who has answered has
    /// decided.</summary>
    private async Task AcceptAsync(string id, IReadOnlyList<string> projects, CancellationToken cancellationToken)
    {
        foreach (var member in await glance.Members.ListAsync(id, cancellationToken))
        {
            if (member.HasNotAnswered && projects.Contains(member.Project, StringComparer.Ordinal))
                await glance.Members.AnswerAsync(id, member.Project, "accepted", cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Kind} of image {Name} ({Id}) in {Cloud}: {Reason}")]
    private partial void LogTaken(string kind, string name, string id, string cloud, string reason);
}
