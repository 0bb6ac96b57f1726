using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Imgsync.Core.Tests;

/// <summary>A value that may be missing stands as <c>(null)</c> in a log line: whoever logs says in words what is missing.</summary>
public sealed class LogMessagesTests
{
    private static readonly NullabilityInfoContext Nullability = new();

    [Fact]
    public void No_line_of_the_log_is_given_a_value_that_may_be_missing()
    {
        var lines = typeof(ImgsyncServices).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(
                BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<LoggerMessageAttribute>() is not null)
            .ToList();

        var missing = lines
            .SelectMany(line => line.GetParameters())
            .Where(value => Nullability.Create(value).ReadState is not NullabilityState.NotNull)
            .Select(value => $"{value.Member.DeclaringType!.Name}.{value.Member.Name}: {value.Name}");

        Assert.Equal([], missing);
        Assert.DoesNotContain(lines.SelectMany(line => line.GetParameters()), value => value.ParameterType.IsEnum); // those have words
        Assert.InRange(lines.Count, 10, int.MaxValue);
    }
}
