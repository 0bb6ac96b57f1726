using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Imgsync.Core.Catalog.Reading;

/// <summary>The parts that a revision is made of: what they look like, and that each can be found.</summary>
internal static class PartRules
{
    private const string AnyRevision = "[0-9][A-Za-z0-9._-]*";

    private const string Numbers = @"[0-9]+(\.[0-9]+)*";

    /// <summary>What is wrong with each pattern that was met; null for nothing.</summary>
    private static readonly ConcurrentDictionary<string, string?> Judged = new(StringComparer.Ordinal);

    /// <summary>What each part that the entry's templates name looks like.</summary>
    public static Dictionary<string, string> Read(DistributionEntry entry, EntryCheck check)
    {
        var named = NameTemplate.Parts(
            $"{entry.Path}{entry.Image}{string.Concat(entry.OtherNames ?? [])}{entry.Revision ?? NameTemplate.Revision}");
        foreach (var (part, pattern) in entry.Parts ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            if (!named.Contains(part, StringComparer.Ordinal))
                check.Fault($"parts.{part}", "stands neither in path nor in image nor in revision.");
            else if (Wrong(pattern ?? "") is { } wrong)
                check.Fault($"parts.{part}", $"is \"{pattern}\", which is no regular expression ({wrong}).");
        }

        return named.ToDictionary(
            part => part,
            part => entry.Parts?.GetValueOrDefault(part) is { } pattern && Wrong(pattern) is null ? pattern
                : $"{{{part}}}" == NameTemplate.Revision ? AnyRevision : Numbers,
            StringComparer.Ordinal);
    }

    /// <param name="nameField">How the image's name is called where it was set.</param>
    public static void Check(DistributionSpec spec, EntryCheck check, string nameField)
    {
        if (spec.PinnedDigest is not null)
            return;

        var inPath = NameTemplate.Parts(spec.Path);
        var found = NameTemplate.Parts(spec.Path + spec.ImageName);
        var lost = NameTemplate.Parts(spec.RevisionTemplate).Except(found, StringComparer.Ordinal).FirstOrDefault();
        if (spec.Pieces is null)
        {
            if (found is not [] || spec.RevisionTemplate != NameTemplate.Revision)
                check.Fault(
                    found is [] ? "revision" : nameField, $"names the revision, which only the index {IndexFormats.Pieces} looks for.");
            return;
        }

        if (found is [])
            check.Fault(nameField, $"does not say where the revision stands; write {NameTemplate.Revision} there, or in path.");
        else if (lost is not null)
            check.Fault("revision", $"has {{{lost}}}, which stands neither in path nor in {nameField}.");
        else if (found.FirstOrDefault(part => !spec.Parts.ContainsKey(part)) is { } unknown)
            check.Fault(nameField, $"has {{{unknown}}}, and the catalogue's entry has no such part of a revision.");

        if (inPath is not [] && spec.Pieces.Newest.In is NewestIn.Digests or NewestIn.Alias)
            check.Fault(
                "path", $"has {{{inPath[0]}}}, and \"in\": \"{spec.Pieces.Newest.In}\" looks for that in the list that lies there.");
    }

    /// <summary>Of a family all entries have the same few patterns, and one without backtracking takes much to build.</summary>
    private static string? Wrong(string pattern) => Judged.GetOrAdd(pattern, static pattern =>
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
            return null;
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            return wrong.Message.TrimEnd('.');
        }
    });
}
