using System.Globalization;
using System.Text.RegularExpressions;

namespace Imgsync.Core.Configuration;

/// <summary>What an operator writes, as the type it stands for. A complaint completes the sentence "… is 'x': it …".</summary>
internal static partial class SettingText
{
    private static readonly Dictionary<Type, Func<string, (object? Value, string? Complaint)>> Parsers = new()
    {
        [typeof(string)] = text => (text, null),
        [typeof(Secret)] = SecretOf,
        [typeof(bool)] = BoolOf,
        [typeof(int)] = text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (number, null)
            : (null, "must be a whole number"),
        [typeof(long)] = SizeOf,
        [typeof(TimeSpan)] = DurationOf,
        [typeof(Uri)] = UriOf,
    };

    public static bool Covers(Type type) => type.IsEnum || Parsers.ContainsKey(type);

    public static (object? Value, string? Complaint) Parse(Type type, string text) =>
        type.IsEnum ? EnumOf(type, text) : Parsers[type](Trimmed(type, text));

    /// <summary>Blanks may belong to a text and to a password; a line's end belongs to no password.</summary>
    private static string Trimmed(Type type, string text) =>
        type == typeof(string) ? text : type == typeof(Secret) ? text.TrimEnd('\r', '\n') : text.Trim();

    /// <summary>How the values of an enumeration are written: <c>SinglePass</c> is <c>single-pass</c>.</summary>
    public static string[] ChoicesOf(Type type) => [.. Enum.GetNames(type).Select(Word.Of)];

    /// <summary>A value as it is written, but for secrets: those print as <c>***</c>.</summary>
    public static string Of(object value) => value switch
    {
        Uri uri => uri.OriginalString,
        Enum choice => Word.Of(choice),
        bool flag => flag ? "true" : "false",
        TimeSpan duration when duration.InWords() is var words && DurationOf(words).Item1 is TimeSpan same && same == duration => words,
        long size => size.InBytes(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>A value as it may be shown: a URL without the password or signature somebody may have left in it.</summary>
    public static string Harmless(string text) => UrlQuery().Replace(UrlUserInfo().Replace(text, "//***@"), "?***");

    /// <summary>A setting in an Azure app that the platform could not replace reaches us as the reference itself.</summary>
    private static (object?, string?) SecretOf(string text) => text.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase)
        ? (null, "must be resolved by the platform: give the app's identity the right to read that secret in the key vault")
        : (new Secret(text), null);

    private static (object?, string?) BoolOf(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" or "1" => (true, null),
        "FALSE" or "NO" or "OFF" or "0" => (false, null),
        _ => (null, "must be true or false"),
    };

    private static (object?, string?) SizeOf(string text)
    {
        var parts = Size().Match(text);
        var power = "KMGT".IndexOf(parts.Groups["unit"].Value.ToUpperInvariant(), StringComparison.Ordinal) + 1;
        var bytes = parts.Success ? Number(parts.Groups["number"].Value) * (1L << (parts.Groups["unit"].Length == 0 ? 0 : 10 * power)) : -1;
        return bytes is >= 0 and <= long.MaxValue ? ((long)bytes, null) : (null, "must be a number of bytes, such as 20GiB");
    }

    /// <summary>A bare number is refused: .NET reads 60 as sixty days. It also reads 24:00:00 as days, which is a day here.</summary>
    private static (object?, string?) DurationOf(string text)
    {
        var clock = Clock().Match(text);
        var units = Units().Match(text);
        decimal seconds;
        if (clock.Success)
        {
            seconds = (Of("days") * 86400) + (Of("hours") * 3600) + (Of("minutes") * 60) + Of("seconds");
        }
        else if (units.Success || text is "0")
        {
            seconds = units.Groups["number"].Captures
                .Zip(units.Groups["unit"].Captures, (number, unit) => Number(number.Value) * SecondsOf(unit.Value))
                .Sum();
        }
        else
        {
            seconds = -1;
        }

        return seconds >= 0 && seconds < TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond
            ? (TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)), null)
            : (null, "must be a duration, such as 00:08:00, 90s, 8m, 2h or 7d");

        decimal Of(string part) => clock.Groups[part] is { Success: true, Value: var digits } ? Number(digits) : 0;
    }

    private static decimal SecondsOf(string unit) => unit.ToUpperInvariant() switch
    {
        "MS" => 0.001m,
        ['S', ..] => 1,
        ['M', ..] => 60,
        ['H', ..] => 3600,
        ['D', ..] => 86400,
        _ => 7 * 86400,
    };

    private static decimal Number(string digits) => decimal.Parse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static (object?, string?) UriOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return (null, "must be a whole URL that begins with https:// or http://");
        return uri.UserInfo.Length == 0 ? (uri, null) : (null, "must not hold a user name or password");
    }

    private static (object?, string?) EnumOf(Type type, string text)
    {
        var choices = ChoicesOf(type);
        var chosen = Array.FindIndex(choices, choice => string.Equals(choice, text.Trim(), StringComparison.OrdinalIgnoreCase));
        return chosen < 0
            ? (null, $"must be {string.Join(", ", choices[..^1])} or {choices[^1]}")
            : (Enum.Parse(type, Enum.GetNames(type)[chosen]), null);
    }

    [GeneratedRegex(
        @"^(?<number>[0-9]{1,19}(\.[0-9]{1,9})?)\s*((?<unit>[KMGT])i?B?|B|bytes)?$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Size();

    /// <summary>As .NET writes a duration, <c>7.00:00:00</c>, only that there may be more than 23 hours.</summary>
    [GeneratedRegex(
        @"^((?<days>[0-9]{1,7})\.)?(?<hours>[0-9]{1,7}):(?<minutes>[0-5]?[0-9])(:(?<seconds>[0-5]?[0-9](\.[0-9]{1,7})?))?$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Clock();

    [GeneratedRegex(
        @"^((?<number>[0-9]{1,7}(\.[0-9]{1,7})?)\s*"
            + @"(?<unit>ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|w|weeks?)(\s+|(?=[0-9])|$))+$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Units();

    [GeneratedRegex(@"//[^/?#]*@", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UrlUserInfo();

    [GeneratedRegex(@"(?<=://[^?\s]*)\?\S*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UrlQuery();
}
