using System.Collections.Concurrent;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Publishing;
using Imgsync.Core.Transfer;

namespace Imgsync.Core.Sync;

/// <summary>Whom a run shares images with: each name is looked up once in each cloud, found or not. Who it is may have changed by the
/// next run.</summary>
/// <param name="ending">Ends the run, and its questions.</param>
public sealed class MemberLookups(CloudDirectory clouds, CancellationToken ending)
{
    private readonly SingleFlight<string> _domains = new();
    private readonly SingleFlight<FoundProject> _projects = new();
    private readonly ConcurrentDictionary<string, bool> _notAccepting = new(StringComparer.Ordinal);

    /// <summary>The settings with all members by their ids, and without accepting for them where the cloud does not let us: a plan names
    /// nothing that cannot be done.</summary>
    /// <exception cref="CloudRefusedException">A name stands for no project, or for several, or may not be looked up.</exception>
    public async Task<PublishOptions> SettleAsync(string cloud, PublishOptions publish, CancellationToken cancellationToken)
    {
        if (publish is not { Visibility: ImageVisibility.Shared, Members: not [] })
            return publish;

        var projects = await Task.WhenAll(publish.Members.Select(member => FindAsync(cloud, member, cancellationToken)));
        return publish with
        {
            Members = [.. projects.Distinct(StringComparer.Ordinal)],
            AcceptMembers = publish.AcceptMembers && await MayAcceptAsync(cloud, cancellationToken),
        };
    }

    /// <summary>Glance lets a project itself accept, and whom its policy <c>context_is_admin</c> takes for an administrator: by default
    /// the role admin.</summary>
    private async Task<bool> MayAcceptAsync(string cloud, CancellationToken cancellationToken) =>
        !_notAccepting.ContainsKey(cloud)
        && await clouds.Connect(cloud).Keystone.GetTokenAsync(cancellationToken) is var token
        && token.Roles.Contains("admin", StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes that a cloud does not let us accept for its projects, and warns of it once in a run and cloud.</summary>
    internal void WarnNotAccepting(ImageAttempt attempt, string why)
    {
        if (_notAccepting.TryAdd(attempt.Work.Cloud!, true))
            attempt.Warn(
                $"{why} Only the project or an administrator may accept an image: sign in as one, or set "
                    + "publish.acceptMembers to false and let each project run openstack image set --accept.");
    }

    private async Task<string> FindAsync(string cloud, string member, CancellationToken cancellationToken)
    {
        if (ProjectName.In(member) is not { } project)
            return member;

        var found = await _projects.AskAsync($"{cloud} {project}", () => AskAsync(cloud, project), cancellationToken);
        return found.Id ?? throw new CloudRefusedException(found.Refusal!.Message, found.Refusal) { Status = found.Refusal.Status };
    }

    private async Task<FoundProject> AskAsync(string cloud, ProjectName project)
    {
        var projects = clouds.Connect(cloud).Projects;
        try
        {
            var domain = await _domains.AskAsync(
                $"{cloud} {project.Domain}", () => projects.FindDomainAsync(project.Domain, ending), ending);
            return new FoundProject(await projects.FindAsync(project, domain, ending), Refusal: null);
        }
        catch (CloudRefusedException refused)
        {
            return new FoundProject(Id: null, refused);
        }
    }

    /// <summary>One of the two. A refusal is an answer, too: the next image is not told another.</summary>
    private sealed record FoundProject(string? Id, CloudRefusedException? Refusal);
}
