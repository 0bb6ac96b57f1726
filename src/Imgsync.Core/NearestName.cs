namespace Imgsync.Core;

/// <summary>Guesses which name was meant by a misspelt one.</summary>
public static class NearestName
{
    /// <summary>The known name that is the fewest keystrokes away, or null when none looks alike.</summary>
    /// <param name="rank">Which of two that are as near is meant: the higher; null for the first in the alphabet.</param>
    public static string? Find(string wrong, IEnumerable<string> known, Func<string, int>? rank = null)
    {
        // A third of the name may be wrong; beyond that a suggestion confuses more than it helps.
        var nearest = known
            .Select(name => (Name: name, Distance: Distance(wrong.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= Math.Max(2, candidate.Name.Length / 3) && candidate.Distance < candidate.Name.Length)
            .OrderBy(candidate => candidate.Distance)
            .ThenByDescending(candidate => rank?.Invoke(candidate.Name) ?? 0)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest.Name;
    }

    /// <summary>The same as the end of a sentence: <c> (did you mean debian12?)</c>, or nothing.</summary>
    public static string Hint(string wrong, IEnumerable<string> known, Func<string, int>? rank = null) =>
        Find(wrong, known, rank) is { } meant ? $" (did you mean {meant}?)" : "";

    /// <summary>Optimal string alignment: insertions, deletions, replacements and swaps of neighbours count one each.</summary>
    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            rows[0, j] = j;

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[left.Length, right.Length];
    }
}
