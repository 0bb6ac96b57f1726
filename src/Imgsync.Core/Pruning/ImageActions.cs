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
        if (action.Patch.Count > 0)
            await glance.PatchAsync(id, action.Patch, cancellationToken);
        if (action.NewTags.Count > 0)
            await glance.AddTagsAsync(id, action.NewTags, cancellationToken);
        foreach (var member in action.NewMembers)
            await glance.Members.AddAsync(id, member, cancellationToken);
        foreach (var member in action.FormerMembers)
            await glance.Members.RemoveAsync(id, member, cancellationToken);
        foreach (var member in action.AcceptedMembers)
            await glance.Members.AnswerAsync(id, member, "accepted", cancellationToken);
        if (action.NewStores.Count > 0)
            await glance.Stores.CopyAsync(id, action.NewStores, cancellationToken);
        if (action.Kind is ActionKind.Deactivate)
            await glance.DeactivateAsync(id, cancellationToken);
        if (action.Kind is ActionKind.Delete)
            await glance.DeleteAsync(id, cancellationToken);
        LogTaken(action.Kind, action.Image.Name, id, cloud, action.Reason);
    }

    [LoggerMessage(LogLevel.Information, "{Kind} of image {Name} ({Id}) in {Cloud}: {Reason}")]
    private partial void LogTaken(ActionKind kind, string name, string id, string cloud, string reason);
}
