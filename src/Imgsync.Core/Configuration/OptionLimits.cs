using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Imgsync.Core.Configuration;

/// <summary>How much an option may be: its <c>[Range]</c>, and for durations what they are for.</summary>
internal static class OptionLimits
{
    /// <summary>What .NET's timers can wait for, near enough.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    /// <summary>The limits that a value does not keep to, or null.</summary>
    public static string? Broken(PropertyInfo property, object value)
    {
        if (value is TimeSpan duration && property.GetCustomAttribute<AgeAttribute>() is null)
            return duration > TimeSpan.Zero && duration <= LongestWait ? null : "longer than nothing and at most 24 days";
        if (property.GetCustomAttribute<RangeAttribute>() is not { } range || range.IsValid(value))
            return null;
        return range.Maximum is int.MaxValue || range.OperandType == typeof(long)
            ? $"at least {range.Minimum}"
            : $"between {range.Minimum} and {range.Maximum}";
    }
}
