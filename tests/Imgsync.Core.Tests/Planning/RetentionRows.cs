using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Planning;

/// <summary>The policy as a table. An image is written <c>revision/age in days</c>, with words after it for what is special about it;
/// the verified newest is the one with a star. The answer names what is to become of which revision.</summary>
public static class RetentionRows
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    internal static readonly PruneOptions Never = new() { DeleteAfter = null };

    /// <summary>All of them, each with why.</summary>
    public static IEnumerable<(string Because, RetentionCase Row)> All =>
        new[] { Kept, Ours, Steps }.SelectMany(rows => rows).Select(row => row.Data);

    /// <summary>What is kept, and in which order.</summary>
    public static TheoryData<string, RetentionCase> Kept => new()
    {
        { "the newest two stay by default", new("*20240803/1 20240802/2 20240801/3", "delete 20240801") },
        { "as many stay as are there", new("*20240803/1 20240802/2", "") },
        { "the newest stays when one is kept", new("*20240803/1 20240802/2 20240801/3", "delete 20240801, delete 20240802") { Keep = 1 } },
        { "the newest stays even when none is to be kept", new("*20240803/1 20240802/2", "delete 20240802") { Keep = 0 } },
        { "one that is alone stays", new("*20240803/900", "") { Keep = 1 } },
        { "one newer than the newest verified stays and does not count",
            new("20240804/0 *20240803/1 20240802/2 20240801/3", "delete 20240801") },
        { "the day counts before the build", new("*20240803-1/1 20240802-9999/2 20240801-5/3", "delete 20240801-5") },
        { "builds count as numbers", new("*20240803-1000/1 20240803-999/2 20240803-99/3", "delete 20240803-99") },
        { "the upload's time does not count", new("*20240803/9 20240802/1 20240801/0", "delete 20240801") },
        { "the oldest revision goes first, whenever it was uploaded",
            new("*20240803/9 20240802/3 20240801/1 20240731/2", "delete 20240731, delete 20240801, delete 20240802") { Keep = 1 } },
        { "the name does not count", new("*20240803/1 20240801/3,name:Zzz 20240802/2,name:Aaa", "delete 20240801") },
        { "without a revision there is no order, so it stays", new("*20240803/1 20240802/2 unknown/900", "") },
        { "twins count once, and the earliest stays", new("*20240803/1 20240803/2 20240803/3", "delete 20240803, delete 20240803") },
        { "no younger than the minimum age is touched",
            new("*20240803/1 20240802/2 20240801/3 20240731/8", "delete 20240731") { Steps = new() { MinAge = 7 * Day } } },
        { "an age that is just reached counts",
            new("*20240803/1 20240802/2 20240801/7", "delete 20240801") { Steps = new() { MinAge = 7 * Day } } },
    };

    /// <summary>Whose images are judged at all.</summary>
    public static TheoryData<string, RetentionCase> Ours => new()
    {
        { "another project's stays", new("*20240803/1 20240801/3,owner:theirs", "") { Keep = 1 } },
        { "whose token has no project owns nobody's", new("*20240803/1 20240801/3", "") { Keep = 1, Project = null } },
        { "one without our mark stays", new("*20240803/1 20240801/3,source:somebody", "") { Keep = 1 } },
        { "another distribution's stays", new("*20240803/1 20240801/3,distribution:debian13", "") { Keep = 1 } },
        { "another architecture's stays", new("*20240803/1 20240801/3,architecture:aarch64", "") { Keep = 1 } },
        { "another distribution's does not count either", new("*20240803/1 20240802/2,distribution:debian13 20240801/3", "") },
        { "an unfinished one is no superseded one", new("*20240803/1 20240801/3,status:saving", "") { Keep = 1 } },
        { "an unpublished one is no superseded one", new("*20240803/1 20240801/3,unpublished", "") { Keep = 1 } },
        { "one that we have hidden goes on", new("*20240803/1 20240801/3,hidden,retired", "delete 20240801") { Keep = 1 } },
        { "one that somebody has hidden is left", new("*20240803/1 20240801/3,hidden", "leave 20240801") { Keep = 1 } },
        { "one that we have deactivated goes on",
            new("*20240803/1 20240801/3,status:deactivated,retired", "delete 20240801") { Keep = 1 } },
        { "one that somebody has deactivated is left", new("*20240803/1 20240801/3,status:deactivated", "leave 20240801") { Keep = 1 } },
        { "one that we have protected goes", new("*20240803/1 20240801/3,protected:ours", "delete 20240801") { Keep = 1 } },
        { "one that somebody has protected is left", new("*20240803/1 20240801/3,protected", "leave 20240801") { Keep = 1 } },
        { "one that somebody shares is left", new("*20240803/1 20240801/3,visibility:shared", "leave 20240801") { Keep = 1 } },
        { "a twin that somebody has protected is left",
            new("*20240803/1 20240803/1,protected", "leave 20240803") { Keep = 1 } },
        { "while somebody has taken the newest from those who could see it, everything stays",
            new("*20240803/1,visibility:private 20240801/3", "") { Keep = 1 } },
        { "a twin that somebody has made private is not the one that stays",
            new("20240803/5,visibility:private *20240803/1 20240801/3", "delete 20240801") { Keep = 1 } },
        { "what was published before under the revision that stays does not count as another",
            new("*20240803/1 20240803/2,holds:11 20240801/3", "delete 20240803") },
        { "of two contents of one revision the one with an image that stays anyway is the one that counts",
            new("*20240803/1 20240802/5 20240802/4,holds:11 20240802/3,protected", "delete 20240802, leave 20240802") },
        { "an older tool's that we have published again goes, whatever becomes of the others",
            new("*20240803/1,replaces:20240803/1 20240803/2,legacy 20240801/3,legacy", "delete 20240803") { Keep = 1 } },
        { "an older tool's stays", new("*20240803/1 20240801/3,legacy", "") { Keep = 1 } },
        { "an older tool's is adopted when asked for",
            new("*20240803/1 20240801/3,legacy", "delete 20240801") { Keep = 1, Steps = new() { AdoptLegacy = true } } },
        { "an adopted one counts in its place",
            new("*20240803/1 20240802/2,legacy 20240801/3", "delete 20240801") { Steps = new() { AdoptLegacy = true } } },
        { "an adopted one must bear our title",
            new("*20240803/1 20240801/3,legacy,name:Debian_13_[20240801]", "") { Keep = 1, Steps = new() { AdoptLegacy = true } } },
        { "an adopted one may bear a prefix",
            new(
                "*20240803/1 20240801/3,legacy,name:site_Debian_12_[20240801]", "delete "
                    + "20240801") { Keep = 1, Steps = new() { AdoptLegacy = true } } },
        { "an adopted one may be dated with hyphens",
            new(
                "*20240803/1 20240801/3,legacy,name:Debian_12_[2024-08-01]", "delete "
                    + "20240801") { Keep = 1, Steps = new() { AdoptLegacy = true } } },
        { "an adopted one must have a date",
            new("*20240803/1 20240801/3,legacy,name:Debian_12_[latest]", "") { Keep = 1, Steps = new() { AdoptLegacy = true } } },
        { "an adopted one dated after the newest stays",
            new("*20240803/1 20240805/3,legacy", "") { Keep = 1, Steps = new() { AdoptLegacy = true } } },
        { "the newest may be an adopted one",
            new("*20240803/1,legacy 20240801/3", "delete 20240801") { Keep = 1, Steps = new() { AdoptLegacy = true } } },
    };

    /// <summary>What becomes of them, and when.</summary>
    public static TheoryData<string, RetentionCase> Steps => new()
    {
        { "nothing without a step", new("*20240803/1 20240801/99", "") { Keep = 1, Steps = Never } },
        { "renamed first", new("*20240803/1 20240801/99", "rename 20240801") { Keep = 1, Steps = Escalating } },
        { "a step without an age is left out",
            new("*20240803/30 20240801/99", "hide 20240801") { Keep = 1, Steps = Escalating with { DeactivateAfter = null } } },
        { "of two steps of one age the stronger counts",
            new("*20240803/7 20240801/99", "deactivate 20240801") { Keep = 1, Steps = Escalating with { DeactivateAfter = 7 * Day } } },
        { "no step before its age",
            new("*20240803/6 20240801/99,name:Debian_12_(superseded_20240803)", "") { Keep = 1, Steps = Escalating } },
        { "an image that stayed young long enough is not yet judged by its steps",
            new("*20240803/90 20240801/99", "") { Keep = 1, Steps = Escalating with { MinAge = 100 * Day } } },
        { "one made a moment ahead of our clock supersedes all the same", new("*20240803/-1 20240801/3", "delete 20240801") { Keep = 1 } },
        { "made community before that", new("*20240803/3 20240801/99", "make community 20240801") { Keep = 1, Steps = Rotating } },
        { "not before its age", new("*20240803/2 20240801/99", "rename 20240801") { Keep = 1, Steps = Rotating } },
        { "and hidden from those, too, who know of it",
            new("*20240803/7 20240801/99,visibility:community,given:community", "hide 20240801") { Keep = 1, Steps = Rotating } },
        { "of those that stay, none is made community",
            new("*20240803/3 20240802/4 20240801/99", "make community 20240801") { Steps = Rotating } },
        { "nor is a twin, which goes", new("*20240803/3 20240803/3", "delete 20240803") { Keep = 1, Steps = Rotating } },
        { "a step that was taken is not taken again: made community",
            new("*20240803/3 20240801/99,visibility:community,given:community", "") { Keep = 1, Steps = Rotating } },
        { "one that is private by the settings does not become visible to more: it is renamed",
            new("*20240803/3 20240801/99,visibility:private,given:private", "rename 20240801") { Keep = 1, Steps = Rotating } },
        { "nor does a shared one",
            new("*20240803/3 20240801/99,visibility:shared,given:shared", "rename 20240801") { Keep = 1, Steps = Rotating } },
        { "one that somebody has made community by hand is left",
            new("*20240803/90 20240801/99,visibility:community", "leave 20240801") { Keep = 1, Steps = Rotating } },
        { "one that somebody has made public again by hand is left",
            new("*20240803/3 20240801/99,given:community", "leave 20240801") { Keep = 1, Steps = Rotating } },
        { "one that somebody has made private by hand is left",
            new("*20240803/3 20240801/99,visibility:private", "leave 20240801") { Keep = 1, Steps = Rotating } },
        { "an older tool's becomes community, too, when adopted",
            new("*20240803/3 20240801/99,legacy", "make community 20240801") { Keep = 1, Steps = Rotating with { AdoptLegacy = true } } },
        { "then hidden", new("*20240803/7 20240801/99", "hide 20240801") { Keep = 1, Steps = Escalating } },
        { "then deactivated", new("*20240803/30 20240801/99", "deactivate 20240801") { Keep = 1, Steps = Escalating } },
        { "deleted at last", new("*20240803/90 20240801/99", "delete 20240801") { Keep = 1, Steps = Escalating } },
        { "its age counts from when the next newer one was made",
            new("*20240803/1 20240802/8 20240801/99", "hide 20240801, rename 20240802") { Keep = 1, Steps = Escalating } },
        { "a step that was taken is not taken again: renamed",
            new("*20240803/1 20240801/99,name:Debian_12_(superseded_20240803)", "") { Keep = 1, Steps = Escalating } },
        { "a step that was taken is not taken again: hidden", new("*20240803/7 20240801/99,hidden,retired", "") { Keep = 1, Steps = Escalating } },
        { "a step that was taken is not taken again: deactivated",
            new("*20240803/30 20240801/99,status:deactivated,retired", "") { Keep = 1, Steps = Escalating } },
        { "deleting is tried again as long as it is there",
            new("*20240803/90 20240801/99,hidden,status:deactivated,retired", "delete 20240801") { Keep = 1, Steps = Escalating } },
    };

    private static PruneOptions Escalating =>
        new() { RenameAfter = TimeSpan.Zero, HideAfter = 7 * Day, DeactivateAfter = 30 * Day, DeleteAfter = 90 * Day };

    private static PruneOptions Rotating => Escalating with { CommunityAfter = 3 * Day };
}
