using Imgsync.Core.Configuration;

namespace Imgsync.Core.Tests.Planning;

/// <summary>What a run does about an offer, as a table: what the cloud has, what the publisher offers, what is decided. An image is
/// written <c>revision=content</c>, with words after it for what is special about it.</summary>
public static class PlannerRows
{
    private const string Back = "refuse: went back from 20240803 to 20240802; if the publisher took the newer one back, set "
        + "overrides.debian12.allowRollback to 20240802, else look at your mirror.";

    private const string Again = "refuse: the content of 20240803 is offered again as 20240804; look at the "
        + "publisher's news or at your mirror.";

    private const string Replay = "refuse: the list of 20240804 was signed at 2024-08-02 00:00:00Z, before that of "
        + "20240803 (2024-08-03 00:00:00Z); "
        + "look at the publisher's news or at your mirror.";

    private const string Stripped = "refuse: 20240804 comes without a signature, and 20240803 had one; complete "
        + "the mirror, or read from the "
        + "publisher's own tree.";

    private const string Older = "leave 1, the older tool made it, and it is left as it is, look closer";

    private const string Unsigned = "; warn: 20240804 comes without a signature, though one is preferred; look at the publisher's news or at "
        + "your mirror.";

    private const string Still = "; warn: the newest image is of 2024-08-03, and debian12 is to have a newer one after 7 days; look whether the "
        + "publisher has stopped, or your mirror, or set another overrides.debian12.maxAge (0 for any age).";

    private const string Early = "refuse: the list of 20240805 was signed at 2024-08-02 00:00:00Z, before the day of that revision: an older "
        + "list under a newer revision; look at the publisher's news or at your mirror.";

    private const string Late = "refuse: the list of 20240701 was signed at 2024-08-03 00:00:00Z, more than 30 days after the day of that "
        + "revision; look at the publisher's news or at your mirror, and if all is well raise the publisher's signedWithin in a "
        + "catalogue of your own.";

    /// <summary>All of them, each with why.</summary>
    public static IEnumerable<(string Because, PlannerCase Row)> All =>
        new[] { Identity, OlderTool, Order, Replays, Steps, Signatures, Ages, Settings, Leftovers, Forced, Formats }
            .SelectMany(rows => rows)
            .Select(row => row.Data);

    /// <summary>Whether an image is the offer already.</summary>
    public static TheoryData<string, PlannerCase> Identity => new()
    {
        { "an empty cloud gets the image", new("", "20240803=c", "publish") },
        { "an older image is not the newer one", new("20240802=b", "20240803=c", "publish") },
        { "what is there is left", new("20240803=c", "20240803=c", "leave 1") },
        { "of the same revision, other content is published", new("20240803=b", "20240803=c", "publish") },
        { "a deactivated image counts: it must not come back as a copy", new("20240803=c,status:deactivated", "20240803=c", "leave 1, deactivated by hand, and left so") },
        { "one that a pruning step of ours has hidden comes back when it is the newest again",
            new("20240801=a 20240803=c,hidden,retired,name:Debian_12_[20240803]_(superseded_20240804)", "20240803=c", "leave 2, change name, os_hidden") },
        { "one that a pruning step of ours has deactivated, too",
            new("20240803=c,status:deactivated,retired", "20240803=c", "leave 1, change activated again") },
        { "one that somebody has made private counts, and is left so",
            new("20240803=c,visibility:private,given:public", "20240803=c", "leave 1, made private by hand, and left so") },
        { "a hidden image counts too (D13)", new("20240803=c,hidden", "20240803=c", "leave 1, hidden by hand, and left so") },
        { "a visible one before a hidden one", new("20240803=c,hidden 20240803=c", "20240803=c", "leave 2") },
        { "the earliest of twins (D2)", new("20240803=c 20240803=c", "20240803=c", "leave 1") },
        { "a twin made to replace the other stands (S1)", new("20240803=c 20240803=c,replaces:1", "20240803=c", "leave 2") },
        { "of two that replace a third, the earlier",
            new("20240803=c 20240803=c,replaces:1 20240803=c,replaces:1", "20240803=c", "leave 2") },
        { "one that replaces what is gone is as good as any", new("20240803=c 20240803=c,replaces:9", "20240803=c", "leave 1") },
        { "a visible twin that is replaced, before a hidden one that replaces it",
            new("20240803=c 20240803=c,hidden,replaces:1", "20240803=c", "leave 1") },
        { "another distribution's equal content decides nothing (D1)", new("20240803=c,distribution:debian13", "20240803=c", "publish") },
        { "another distribution's unfinished image is its own (D1)",
            new("20240803=c,distribution:debian13,unpublished", "20240803=c", "publish") },
        { "another project's image is nobody's", new("20240803=c,owner:theirs", "20240803=c", "publish") },
        { "a token without a project owns nothing", new("20240803=c", "20240803=c", "publish") { Project = null } },
        { "an image without our mark is not ours", new("20240803=c,source:somebody", "20240803=c", "publish") },
        { "what Glance holds counts, not what the marks say", new("20240803=c,holds:x", "20240803=c", "publish") },
        { "marks of other content count as little", new("20240803=x,holds:c", "20240803=c", "publish") },
        { "an image being saved is no image yet", new("20240803=c,status:saving,run:there/x", "20240803=c", "publish") },
        { "one that is killed counts no more", new("20240803=c,status:killed,run:there/x", "20240803=c", "publish") },
        { "other marks for the same content want a closer look", new("20240803=c,unsigned", "20240803=c", "leave 1, look closer") },
        { "without a source the content still counts", new("20240803=c,no-source", "20240803=c", "leave 1") },
        { "without a revision too, after a closer look", new("20240803=c,no-revision", "20240803=c", "leave 1, look closer") },
    };

    /// <summary>What the older tool made.</summary>
    public static TheoryData<string, PlannerCase> OlderTool => new()
    {
        { "an image of the older tool is recognised", new("20240803=c,legacy", "20240803=c", Older) },
        { "behind a prefix, too", new("20240803=c,legacy,name:site_Debian_12_[20240803]", "20240803=c", Older) },
        { "by its naming only", new("20240803=c,legacy,name:mine", "20240803=c", "publish") },
        { "not by another distribution's", new("20240803=c,legacy,name:Debian_13_[20240803]", "20240803=c", "publish") },
        { "not of another project", new("20240803=c,legacy,owner:theirs", "20240803=c", "publish") },
        { "not when Glance holds something else", new("20240803=c,legacy,holds:x", "20240803=c", "publish") },
        { "its name's date puts nothing in order", new("20240805=x,legacy", "20240803=c", "publish") },
        { "nor does its name's date make its content an old one", new("20240701=c,legacy", "20240803=c", Older) },
        { "one of ours stands before it", new("20240803=c,legacy 20240803=c", "20240803=c", "leave 2") },
    };

    /// <summary>A publisher goes forward.</summary>
    public static TheoryData<string, PlannerCase> Order => new()
    {
        { "an older revision is refused (D4)", new("20240803=c", "20240802=b", Back) },
        { "even when it is there still (D4)", new("20240802=b 20240803=c", "20240802=b", Back) },
        { "and when it is forced", new("20240803=c", "20240802=b", Back) { Force = true } },
        { "and when the newer one is hidden", new("20240803=c,hidden", "20240802=b", Back) },
        { "and when the newer one is deactivated", new("20240803=c,status:deactivated", "20240802=b", Back) },
        { "and when the newer one's source is gone", new("20240803=c,no-source", "20240802=b", Back) },
        { "and when the operator tells another source of it", new("20240803=c,set:image_source=private", "20240802=b", Back) },
        { "the operator lets exactly one through", new("20240803=c", "20240802=b", "publish") { AllowRollback = "20240802" } },
        { "but not without the signature that the newest had",
            new("20240803=c", "20240802=b,unsigned", "refuse: 20240802 comes without a signature, and 20240803 had one; complete the mirror, or "
                + "read from the publisher's own tree.") { AllowRollback = "20240802", Signature = SignaturePolicy.Preferred } },
        { "and finds it there the next time", new("20240802=b 20240803=c", "20240802=b", "leave 1") { AllowRollback = "20240802" } },
        { "and no other one",
            new(
                "20240803=c", "20240801=a", Back.Replace(
                    "to 20240802", "to 20240801", StringComparison.Ordinal)) { AllowRollback = "20240802" } },
        { "builds of one day count as numbers",
            new(
                "20240803-1000=c", "20240803-999=b", "refuse: went back from 20240803-1000 to 20240803-999; if the publisher took the "
                    + "newer one back, set overrides.debian12.allowRollback to 20240803-999, else look at your mirror.") },
        { "another place begins anew", new("20240803=c,place:https://publisher.example/daily/", "20240802=b", "publish") },
        { "and has its own order", new("20240803=c,place:https://publisher.example/daily/ 20240801=a", "20240802=b", "publish") },
        { "another distribution has its own, too", new("20240803=c,distribution:debian13", "20240802=b", "publish") },
        { "another project's proves nothing", new("20240803=c,owner:theirs", "20240802=b", "publish") },
        { "an unfinished one proves nothing", new("20240803=c,unpublished,run:there/x", "20240802=b", "publish") },
        { "a revision of tomorrow is the publisher's own day", new("", "20240812=z", "publish") },
        { "one of next week is refused (D3)",
            new(
                "", "20240813=z", "refuse: the publisher offers 20240813, which lies in the future; look at the publisher's "
                    + "news or at your mirror.") },
        { "one of the next century is refused (D3)",
            new(
                "20240803=c", "20991231=c", "refuse: the publisher offers 20991231, which lies in the future; look at the publisher's "
                    + "news or at your mirror.") },
        { "not even with leave",
            new(
                "", "20240813=z", "refuse: the publisher offers 20240813, which lies in the future; look at the publisher's news or at "
                    + "your mirror.") { AllowRollback = "20240813" } },
    };

    /// <summary>A replayed list may bear any serial: what is signed is its content, and the time of the signature.</summary>
    public static TheoryData<string, PlannerCase> Replays => new()
    {
        { "known content under another revision is refused (D3)", new("20240803=c", "20240804=c", Again) },
        { "even if it is not the newest (D3)",
            new("20240803=c 20240804=d", "20240805=c", Again.Replace("20240804", "20240805", StringComparison.Ordinal)) },
        { "even if hidden", new("20240803=c,hidden", "20240804=c", Again) },
        { "another distribution's known content is not", new("20240803=c,distribution:debian13", "20240804=c", "publish") },
        { "nor is that of another place", new("20240803=c,place:https://publisher.example/daily/", "20240804=c", "leave 1, look closer") },
        { "a list that was signed before the newest's is refused (D3)",
            new("20240803=c,signed:2024-08-03", "20240804=d,signed:2024-08-02", Replay) },
        { "of two images of the newest revision the later signature counts",
            new("20240803=c,signed:2024-08-01 20240803=e,signed:2024-08-03", "20240804=d,signed:2024-08-02", Replay) },
        { "in whatever order Glance lists them",
            new("20240803=e,signed:2024-08-03 20240803=c,signed:2024-08-01", "20240804=d,signed:2024-08-02", Replay) },
        { "one that was signed after it is followed", new("20240803=c,signed:2024-08-03", "20240804=d,signed:2024-08-04", "publish") },
        { "one that was signed with it is followed", new("20240803=c,signed:2024-08-03", "20240804=d,signed:2024-08-03", "publish") },
        { "one that is signed anew changes nothing", new("20240803=c,signed:2024-08-03", "20240803=c,signed:2024-08-05", "leave 1") },
        { "the same content needs no later signature", new("20240803=c,signed:2024-08-03", "20240803=c,signed:2024-08-01", "leave 1") },
        { "an image without the time proves nothing", new("20240803=c", "20240804=d,signed:2024-08-02", "publish") },
        { "nor does a signature without one", new("20240803=c,signed:2024-08-03", "20240804=d", "publish") },
        { "the operator's leave holds against the time, too",
            new("20240803=c,signed:2024-08-03", "20240802=b,signed:2024-08-02", "publish") { AllowRollback = "20240802" } },
    };

    /// <summary>The day in a revision and the time of the signature belong together (D3).</summary>
    public static TheoryData<string, PlannerCase> Steps => new()
    {
        { "a list that was signed before the revision's day is refused", new("", "20240805=z,signed:2024-08-02", Early) },
        { "even with leave", new("", "20240805=z,signed:2024-08-02", Early) { AllowRollback = "20240805" } },
        { "and though its content stands", new("20240805=z", "20240805=z,signed:2024-08-02", Early) },
        { "the publisher's own day may be two days ahead", new("", "20240804=z,signed:2024-08-02", "publish") },
        { "one that was signed long after it is refused",
            new("", "20240701=z,signed:2024-08-03", Late) { SignedWithin = TimeSpan.FromDays(30) } },
        { "not where the publisher signs at any time", new("", "20240701=z,signed:2024-08-03", "publish") },
        { "nor within the publisher's time, and two days",
            new("", "20240702=z,signed:2024-08-03", "publish") { SignedWithin = TimeSpan.FromDays(30) } },
        { "what stands is left though its list is signed anew",
            new("20240701=z", "20240701=z,signed:2024-08-03", "leave 1") { SignedWithin = TimeSpan.FromDays(30) } },
        { "and is no leave for other content",
            new("20240701=y", "20240701=z,signed:2024-08-03", Late) { SignedWithin = TimeSpan.FromDays(30) } },
        { "without a signature there is nothing to hold it to",
            new("", "20240701=z,unsigned", "publish") { SignedWithin = TimeSpan.FromDays(30), Signature = SignaturePolicy.None } },
    };

    /// <summary>A signature that was there does not go away.</summary>
    public static TheoryData<string, PlannerCase> Signatures => new()
    {
        { "a stripped signature is refused though it is only preferred (D11)",
            new("20240803=c", "20240804=d,unsigned", Stripped) { Signature = SignaturePolicy.Preferred } },
        { "the first unsigned one is followed", new("", "20240804=d,unsigned", $"publish{Unsigned}") { Signature = SignaturePolicy.Preferred } },
        { "after an unsigned one, too",
            new("20240803=c,unsigned", "20240804=d,unsigned", $"publish{Unsigned}") { Signature = SignaturePolicy.Preferred } },
        { "a signature that comes is welcome",
            new("20240803=c,unsigned", "20240804=d", "publish") { Signature = SignaturePolicy.Preferred } },
        { "an operator who asks for none gets none",
            new("20240803=c", "20240804=d,unsigned", "publish") { Signature = SignaturePolicy.None } },
        { "what stands stays though its list lost the signature",
            new("20240803=c", "20240803=c,unsigned", $"leave 1, look closer{Unsigned.Replace("804", "803", StringComparison.Ordinal)}") { Signature = SignaturePolicy.Preferred } },
    };

    private const string KeyEnd = "and nothing that it signs later is taken; look for a prolonged copy of it, or for its successor, on the "
        + "publisher's own page, and see what signatures.keyrings has.";

    /// <summary>A publisher that stands still. The day is 10 August.</summary>
    public static TheoryData<string, PlannerCase> Ages => new()
    {
        { "any age will do where none is set (D5)", new("20240803=c", "20240803=c", "leave 1") },
        { "what is held stays, and nothing newer is published (D4)", new("20240803=c", "20240809=d", "leave 1") { Hold = true } },
        { "nor is an older one that the publisher went back to refused", new("20240803=c", "20240802=b", "leave 1") { Hold = true } },
        { "the newest of several is what stands", new("20240802=b 20240803=c", "20240809=d", "leave 2") { Hold = true } },
        { "what a dead run left beside it goes", new("20240809=d,status:saving 20240803=c", "20240809=d", "remove 1, leave 2, look closer") { Hold = true } },
        { "nor is it published anew when asked for", new("20240803=c", "20240809=d", "leave 1") { Hold = true, Force = true } },
        { "where nothing stands, or nobody sees it, the newest is published", new("", "20240803=c", "publish") { Hold = true } },
        {
            "support that ends soon is told", new("20240803=c", "20240803=c", "leave 1; warn: the publisher's support of debian12 ends on "
                + "2024-09-30; offer its successor beside it, and take it from distributions when nobody needs it any more.")
            {
                EndOfSupport = new DateOnly(2024, 9, 30),
            }
        },
        {
            "and so is support that has ended", new("20240803=c", "20240803=c", "leave 1; warn: the publisher's support of debian12 ended on "
                + "2024-07-31; offer its successor beside it, and take it from distributions when nobody needs it any more.")
            {
                EndOfSupport = new DateOnly(2024, 7, 31),
            }
        },
        { "a key that ends in 61 days is not spoken of", new("20240803=c", "20240803=c,ends:2024-10-10", "leave 1") },
        {
            "one that ends in 59 days is", new("20240803=c", "20240803=c,ends:2024-10-08",
                $"leave 1; warn: the key DD, which signs debian12, ends on 2024-10-08, {KeyEnd}")
        },
        {
            "and one that has ended since it was remembered", new("20240803=c", "20240803=c,ends:2024-08-09",
                $"leave 1; warn: the key DD, which signs debian12, ended on 2024-08-09, {KeyEnd}")
        },
        { "what is younger than that is well", new("20240803=c", "20240803=c", "leave 1") { MaxAge = TimeSpan.FromDays(8) } },
        { "what is older is told, and left (D5)", new("20240803=c", "20240803=c", $"leave 1{Still}") { MaxAge = TimeSpan.FromDays(7) } },
        { "and told when it is published", new("", "20240803=c", $"publish{Still}") { MaxAge = TimeSpan.FromDays(7) } },
    };

    /// <summary>Changed settings reach the image that is there.</summary>
    public static TheoryData<string, PlannerCase> Settings => new()
    {
        { "who sees it", new("20240803=c,visibility:private", "20240803=c", "leave 1, change visibility") },
        { "who sees it, when that was our own choice",
            new("20240803=c,visibility:private,given:private", "20240803=c", "leave 1, change visibility") },
        { "not who sees it by somebody's hand",
            new("20240803=c,visibility:shared,given:public", "20240803=c", "leave 1, made shared by hand, and left so") },
        { "but the rest of it", new("20240803=c,visibility:shared,given:public,ram:1", "20240803=c", "leave 1, change min_ram") },
        { "of the image that is there only", new("20240802=b,visibility:private 20240803=c", "20240803=c", "leave 2") },
        { "how it is described", new("20240803=c,version:11", "20240803=c", "leave 1, change os_version") },
        { "what it needs", new("20240803=c,ram:1", "20240803=c", "leave 1, change min_ram") },
        { "what the operator adds",
            new("20240803=c", "20240803=c", "leave 1, change hw_disk_bus") { Publish = With("hw_disk_bus", "scsi") } },
        { "what the operator takes away",
            new("20240803=c", "20240803=c", "leave 1, change type") { Publish = new() { RemoveProperties = ["type"] } } },
        { "what is filled in with the revision, its day and its place",
            new("20240803=c", "20240803=c", "leave 1, change note") { Publish = With("note", "{revision} of {buildDate} from {url}") } },
        { "nothing, when it says so already",
            new("20240803=c,set:note=20240803/2024-08-03", "20240803=c", "leave 1") { Publish = With("note", "{revision}/{buildDate}") } },
        { "nothing that the image does not say", new("20240803=c,no-source", "20240803=c", "leave 1") { Publish = With("note", "{url}") } },
        { "its source may be told otherwise, and is told once",
            new("20240803=c,set:image_source=mirror/20240803", "20240803=c", "leave 1") { Publish = With("image_source", "mirror/{revision}") } },
        { "all that a profile asks for",
            new(
                "20240803=c", "20240803=c", "leave 1, change image_original_user, image_description, os_purpose, provided_until, "
                    + "hotfix_hours, hypervisor_type, hw_disk_bus, hw_scsi_model, hw_rng_model, replace_frequency, uuid_validity, min_ram")
                { Publish = PlannerCase.Scs } },
        { "nothing, when it was made so", new("20240803=c,scs,ram:512", "20240803=c", "leave 1") { Publish = PlannerCase.Scs } },
        { "how it is tagged", new("20240803=c,tag:os:debian", "20240803=c", "leave 1, change tags") { Publish = Tagged } },
        { "nothing, when it has the tags and others besides",
            new("20240803=c,tag:12;somebody's;os:debian", "20240803=c", "leave 1") { Publish = Tagged } },
        { "tags that are asked for no more stay", new("20240803=c,tag:os:debian", "20240803=c", "leave 1") },
        { "that it is protected", new("20240803=c", "20240803=c", "leave 1, change protected") { Publish = new() { Protected = true } } },
        { "that it is not any more", new("20240803=c,protected:ours", "20240803=c", "leave 1, change protected") },
        { "unless somebody else protects it", new("20240803=c,protected", "20240803=c", "leave 1") },
        { "whom it is shared with",
            new("20240803=c,visibility:shared", "20240803=c", "leave 1, change members") { Publish = Shared, Members = ["other"] } },
        { "nothing, when it is shared with them", new("20240803=c,visibility:shared", "20240803=c", "leave 1") { Publish = Shared, Members = ["them"] } },
        { "not with anybody, when somebody made it public by hand",
            new("20240803=c,given:shared", "20240803=c", "leave 1, made public by hand, and left so") { Publish = Accepting } },
        { "what its members have not answered yet",
            new("20240803=c,visibility:shared", "20240803=c", "leave 1, change members accepted")
            { Publish = Accepting, Members = ["them"] } },
        { "not what they have accepted",
            new("20240803=c,visibility:shared", "20240803=c", "leave 1") { Publish = Accepting, Members = ["them:accepted"] } },
        { "nor what they have rejected",
            new("20240803=c,visibility:shared", "20240803=c", "leave 1") { Publish = Accepting, Members = ["them:rejected"] } },
        { "nor for anybody who is to be no member any more",
            new("20240803=c,visibility:shared,members:them;other", "20240803=c", "leave 1, change members")
            { Publish = Accepting, Members = ["them:accepted", "other"] } },
        { "nor for anybody whom somebody else shares it with",
            new("20240803=c,visibility:shared,members:them", "20240803=c", "leave 1, shared by hand with other, and left so")
            { Publish = Accepting, Members = ["them:accepted", "other"] } },
        { "where it is kept",
            new("20240803=c,store:fast", "20240803=c", "leave 1, change a copy in spare") { Publish = new() { Stores = ["fast", "spare"] } } },
        { "nothing while Glance copies it, which may lose what is changed",
            new(
                "20240803=c,store:fast,copying:spare,still:0,ram:1", "20240803=c",
                "leave 1, Glance is copying it to spare, and the next run changes min_ram") { Publish = new() { Stores = ["fast", "spare"] } } },
        { "nor another copy, which Glance refuses then",
            new(
                "20240803=c,store:fast,copying:spare,still:0", "20240803=c",
                "leave 1, Glance is copying it to spare, and the next run changes a copy in third")
            { Publish = new() { Stores = ["fast", "spare", "third"] } } },
        { "but one that a Glance which died has been copying for hours",
            new("20240803=c,store:fast,copying:spare,still:2,ram:1", "20240803=c", "leave 1, change min_ram")
            { Publish = new() { Stores = ["fast", "spare"] } } },
        { "and one that is being copied and is as they say",
            new("20240803=c,store:fast,copying:spare,still:0", "20240803=c", "leave 1") { Publish = new() { Stores = ["fast", "spare"] } } },
        { "a new image is made as they say", new("", "20240803=c", "publish") { Publish = With("hw_disk_bus", "scsi") } },
        { "tags and all", new("", "20240803=c", "publish") { Publish = Tagged } },
        { "as the profile asks, too", new("", "20240803=c", "publish") { Publish = PlannerCase.Scs } },
        { "but members come after it", new("", "20240803=c", "publish, change members") { Publish = Shared } },
        { "and are made to accept after that",
            new("", "20240803=c", "publish, change members, change members accepted") { Publish = Accepting } },
        { "and so do further stores",
            new("", "20240803=c", "publish, change a copy in spare") { Publish = new() { Stores = ["fast", "spare"] } } },
        { "nothing of what an operator has hidden",
            new("20240803=c,hidden,visibility:private", "20240803=c", "leave 1, hidden by hand, and left so") },
        { "nothing of the older tool's image", new("20240803=c,legacy,visibility:private", "20240803=c", Older) },
    };

    /// <summary>What dead runs left.</summary>
    public static TheoryData<string, PlannerCase> Leftovers => new()
    {
        { "what our dead run left goes first", new("20240803=c,status:queued", "20240803=c", "remove 1, publish") },
        { "in whatever state", new("20240803=c,status:saving 20240802=b,unpublished", "20240803=c", "remove 1, remove 2, publish") },
        { "beside the finished image, too", new("20240803=c,unpublished 20240803=c", "20240803=c", "remove 1, leave 2, look closer") },
        { "another installation's may be alive", new("20240803=c,status:saving,run:there/x", "20240803=c", "publish") },
        { "after a day without a change it is not",
            new("20240803=c,status:saving,run:there/x,still:25", "20240803=c", "remove 1, publish") },
        { "what does not say whose it is stays", new("20240803=c,status:saving,no-run", "20240803=c", "publish") },
        { "another distribution's is that one's to remove",
            new("20240803=c,status:saving,distribution:debian13", "20240803=c", "publish") },
        { "a refusal removes nothing", new("20240803=c 20240803=c,status:saving", "20240802=b", Back) },
    };

    /// <summary>Publishing again what is there.</summary>
    public static TheoryData<string, PlannerCase> Forced => new()
    {
        { "the new one says whom it replaces (S1)", new("20240803=c", "20240803=c", "publish instead of 1") { Force = true } },
        { "all twins of it", new("20240803=c 20240803=c,hidden", "20240803=c", "publish instead of 1 and 2") { Force = true } },
        { "and no other revision (S1)", new("20240802=b 20240803=c", "20240803=c", "publish instead of 2") { Force = true } },
        { "nothing, where nothing is there", new("20240802=b", "20240803=c", "publish") { Force = true } },
        { "nobody else's", new("20240803=c,distribution:debian13", "20240803=c", "publish") { Force = true } },
    };

    private static PublishOptions Shared => new() { Visibility = ImageVisibility.Shared, Members = ["them"] };

    private static PublishOptions Accepting => Shared with { AcceptMembers = true };

    private static PublishOptions Tagged => new() { Tags = ["os:{osDistro}", "{osVersion}"] };

    private static PublishOptions With(string property, string value) =>
        new() { Properties = new Dictionary<string, string>(StringComparer.Ordinal) { [property] = value } };

    /// <summary>What is wanted, what stands and what the publisher has: <c>c</c> is the qcow2 file, <c>r</c> the raw file beside it, and
    /// <c>d</c> the disk that we have converted the qcow2 file to.</summary>
    public static TheoryData<string, PlannerCase> Formats
    {
        get
        {
            const string Qcow2 = "20240803=c,as:qcow2";
            const string OwnFile = "20240803=r,as:raw,file:image.raw";
            const string Made = "20240803=c,as:raw,disk:d";
            const string One = "20240803=c";
            const string Both = "20240803=c,raw:r";
            const string New = "publish: 20240803 is not there yet";
            const string ByFile = "; raw, the publisher's own file";
            const string ByUs = "; converted to raw from qcow2";
            var strippedAgain = Stripped.Replace("20240804", "20240803", StringComparison.Ordinal);
            const string WasQcow2 = "publish: 20240803 is there as qcow2 (1), and raw is wanted";
            return new()
            {
                { "as published, nothing is said of a format", Wants(ImageFormat.AsPublished, "", Both, New) },
                { "raw is converted where the publisher has none", Wants(ImageFormat.Raw, "", One, New + ByUs) },
                { "raw is the publisher's own file where it has one", Wants(ImageFormat.Raw, "", Both, New + ByFile) },
                { "who asks for qcow2 gets the qcow2 file", Wants(ImageFormat.Qcow2, "", Both, New) },
                { "what the cloud does not tell is as published", Wants(ImageFormat.Auto, "", Both, New
                    + "; qcow2 as it is published, because the cloud does not tell us what kind its store is: set publish.diskFormat for it") },
                { "and then what stands will do, the raw file", Wants(ImageFormat.Auto, OwnFile, Both, "leave 1") },
                { "the qcow2 file stays where it is wanted", Wants(ImageFormat.AsPublished, Qcow2, Both, "leave 1") },
                { "the raw file stays where raw is wanted", Wants(ImageFormat.Raw, OwnFile, Both, "leave 1") },
                { "what we made before the publisher had a raw file stays", Wants(ImageFormat.Raw, Made, Both, "leave 1") },
                { "what we made stays while the publisher has none", Wants(ImageFormat.Raw, Made, One, "leave 1") },
                { "the qcow2 file is not raw: the raw file comes", Wants(ImageFormat.Raw, Qcow2, Both, WasQcow2 + ByFile) },
                { "the qcow2 file is not raw: it is converted", Wants(ImageFormat.Raw, Qcow2, One, WasQcow2 + ByUs) },
                { "the raw file is not qcow2", Wants(
                    ImageFormat.AsPublished, OwnFile, Both, "publish: 20240803 is there as raw (1), and qcow2 is wanted") },
                { "what we made is not qcow2", Wants(
                    ImageFormat.Qcow2, Made, Both, "publish: 20240803 is there as raw (1), and qcow2 is wanted") },
                { "of several the one that is wanted: raw", Wants(ImageFormat.Raw, $"{Qcow2} {OwnFile}", Both, "leave 2") },
                { "of several the one that is wanted: qcow2", Wants(ImageFormat.AsPublished, $"{OwnFile} {Qcow2}", Both, "leave 2") },
                { "of two raw ones the earliest", Wants(ImageFormat.Raw, $"{OwnFile} {Made}", Both, "leave 1") },
                { "a raw file that is listed no more is nothing that could be proven", Wants(ImageFormat.Raw, OwnFile, One, New + ByUs) },
                { "then what we made stays", Wants(ImageFormat.Raw, $"{OwnFile} {Made}", One, "leave 2") },
                { "a raw file that Glance holds wrongly is none", Wants(ImageFormat.Raw, OwnFile + ",holds:x", Both, New + ByFile) },
                { "asked for again, what we made gives way to the raw file", Wants(
                    ImageFormat.Raw, Made, Both, "publish instead of 1: asked for again, in place of 1" + ByFile) with { Force = true } },
                { "a raw file does not go back", Wants(ImageFormat.Raw, OwnFile, "20240802=b,raw:s", Back) },
                { "nor to one that we convert", Wants(ImageFormat.Raw, OwnFile, "20240802=b", Back) },
                { "nor from the qcow2 file to an older raw one", Wants(ImageFormat.Raw, Qcow2, "20240802=b,raw:s", Back) },
                { "nor from the raw file to an older qcow2 one", Wants(ImageFormat.AsPublished, OwnFile, "20240802=b,raw:s", Back) },
                { "a raw file's content does not come again as a newer one", Wants(ImageFormat.Raw, OwnFile, "20240804=e,raw:r", Again) },
                { "nor does it where the cloud takes the qcow2 file now", Wants(ImageFormat.AsPublished, OwnFile, "20240804=e,raw:r", Again) },
                { "a list that was signed earlier is none for the raw file", Wants(
                    ImageFormat.Raw, OwnFile + ",signed:2024-08-03", "20240804=e,raw:s,signed:2024-08-02", Replay) },
                { "a list that lost its signature is none for the raw file", Wants(
                    ImageFormat.Raw, OwnFile, "20240804=e,raw:s,unsigned", Stripped) },
                { "nor with the qcow2 file that we know beside it", Wants(
                    ImageFormat.Raw, Qcow2, "20240803=c,raw:x,unsigned", strippedAgain) },
                { "nor is what we made replaced by that, asked for again", Wants(
                    ImageFormat.Raw, Made, "20240803=c,raw:x,unsigned", strippedAgain) with { Force = true } },
                { "but what stands stays", Wants(ImageFormat.Raw, Made, "20240803=c,raw:x,unsigned", "leave 1, look closer") },
                { "a list that was signed late and has been followed is good for its raw file", Wants(
                    ImageFormat.Raw, "20240701=c,as:qcow2", "20240701=c,raw:r,signed:2024-08-03",
                    "publish: 20240701 is there as qcow2 (1), and raw is wanted" + ByFile) with { SignedWithin = TimeSpan.FromDays(30) } },
                { "one that was never followed is not", Wants(
                    ImageFormat.Raw, "", "20240701=c,raw:r,signed:2024-08-03", Late) with { SignedWithin = TimeSpan.FromDays(30) } },
                { "a raw file ages as its revision does", Wants(ImageFormat.Raw, OwnFile, Both, "leave 1" + Still) with
                    { MaxAge = TimeSpan.FromDays(7) } },
            };

            static PlannerCase Wants(ImageFormat format, string stands, string offered, string decided) =>
                new(stands, offered, decided) { Format = format };
        }
    }
}
