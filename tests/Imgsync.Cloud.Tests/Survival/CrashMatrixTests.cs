using System.Reflection;
using System.Text.RegularExpressions;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>The table in <c>docs/operations.md</c> and the tests beside this file say the same.</summary>
public sealed partial class CrashMatrixTests
{
    [Fact]
    public void The_table_has_a_row_for_each_test_and_no_other()
    {
        var written = Row().Matches(File.ReadAllText(Checkout.File("docs/operations.md")))
            .Select(row => $"{row.Groups["test"].Value}: {row.Groups["what"].Value.Trim()}");

        Assert.Equal(Tests().Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    /// <summary>A test with rows by each row's name, another by its own, as a sentence.</summary>
    private static IEnumerable<string> Tests() =>
        from type in typeof(CrashMatrixTests).Assembly.GetTypes()
        where type.Namespace == typeof(CrashMatrixTests).Namespace && type != typeof(CrashMatrixTests) && type != typeof(SoakTests)
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where method.GetCustomAttribute<FactAttribute>() is not null
        from name in Rows(type, method)
        select $"{method.GetCustomAttribute<ShowsAttribute>()?.Statement}: {name}";

    private static List<string> Rows(Type type, MethodInfo method)
    {
        var inline = method.GetCustomAttributes<InlineDataAttribute>().Select(data => (string)data.Data[0]!);
        var members = method.GetCustomAttributes<MemberDataAttribute>()
            .SelectMany(member => (IEnumerable<ITheoryDataRow>)type.GetProperty(member.MemberName)!.GetValue(obj: null)!)
            .Select(row => (string)row.GetData()[0]!);
        return [.. inline.Concat(members).DefaultIfEmpty(method.Name.Replace('_', ' '))];
    }

    [GeneratedRegex(
        @"^\| (?<what>[^|]+) \|[^|]*\| `(?<test>[a-z0-9]+(-[a-z0-9]+){2,})` \|$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Row();
}
