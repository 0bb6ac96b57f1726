using System.Text.RegularExpressions;
using Imgsync.Core.Content;
using Imgsync.Core.Publishing;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Documents;

/// <summary>docs/security.md promises nothing that no test keeps, and tells operators to install what was tried.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string Page = File.ReadAllText(Checkout.File("docs/security.md"));

    public static TheoryData<string> Promises => [.. Page[Page.IndexOf("## What is promised", StringComparison.Ordinal)..]
        .Split('\n')
        .Where(line => line.StartsWith('|') && !line.StartsWith("| Promise", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Promises))]
    public void Every_promise_names_tests_that_exist(string promise)
    {
        var named = TestName().Matches(promise.Split('|')[2]);

        Assert.NotEmpty(named);
        Assert.All(named, test => Assert.Contains($"{test.Groups["method"].Value}(", Source(test.Groups["class"].Value), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tests/devcloud/glance-property-protections.conf")]
    [InlineData("tests/devcloud/glance-policy.yaml")]
    public void What_operators_are_told_to_install_is_what_the_tests_run_with(string file)
    {
        var lines = File.ReadAllLines(Checkout.File(file)).Select(line => line.Length > 0 ? $"    {line}" : line);

        Assert.Contains($"\n\n{string.Join('\n', lines)}\n\n", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_for_nova_names_every_mark()
    {
        var marks = typeof(ImageMarks).GetFields()
            .Where(field => field.IsLiteral && field.Name is not nameof(ImageMarks.Imgsync))
            .Select(field => (string)field.GetRawConstantValue()!)
            .Concat(Enum.GetValues<DigestAlgorithm>().Select(ImageMarks.Digest));

        var line = NovaLine().Match(Page).Groups["names"].Value.Split(',');

        Assert.Equal(["cache_in_nova", "bittorrent"], line[..2]);
        Assert.Equal(marks.Order(StringComparer.Ordinal), line[2..].Order(StringComparer.Ordinal));
    }

    private static string Source(string testClass) => string.Concat(Directory
        .GetDirectories(Checkout.File("tests"), "Imgsync.*.Tests")
        .SelectMany(project => Directory.GetFiles(project, $"{testClass}.cs", SearchOption.AllDirectories))
        .Select(File.ReadAllText));

    [GeneratedRegex(@"`(?<class>[A-Z][A-Za-z0-9]+)\.(?<method>[A-Z][A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TestName();

    [GeneratedRegex(@"non_inheritable_image_properties = (?<names>\S+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex NovaLine();
}
