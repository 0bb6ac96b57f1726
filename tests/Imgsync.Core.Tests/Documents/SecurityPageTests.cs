using System.Text.RegularExpressions;
using Imgsync.Core.Content;
using Imgsync.Core.Publishing;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Documents;

/// <summary>docs/security.md promises nothing that no test keeps, and tells operators to install what was tried.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string Page = File.ReadAllText(Checkout.File("docs/security.md"));

    /// <summary>The sources of all tests, whichever assembly they are in.</summary>
    private static readonly string Tests = string.Concat(Directory
        .EnumerateDirectories(Checkout.File("tests"), "Imgsync.*.Tests")
        .SelectMany(project => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Contains("obj"))
        .Select(File.ReadAllText));

    public static TheoryData<string> Promises => [.. Page[Page.IndexOf("## What is promised", StringComparison.Ordinal)..]
        .Split('\n')
        .Where(
            line =>
                line.StartsWith('|')
                    && !line.StartsWith("| Promise", StringComparison.Ordinal)
                    && !line.StartsWith("| ---", StringComparison.Ordinal))];

    [Theory]
    [Shows("every-promise-names-tests-that-exist")]
    [MemberData(nameof(Promises))]
    public void Every_promise_is_shown_by_a_test(string promise)
    {
        var named = Statement().Matches(promise.Split('|')[2]);

        Assert.NotEmpty(named);
        Assert.All(named, one => Assert.Contains($"[Shows(\"{one.Groups["statement"].Value}\")]", Tests, StringComparison.Ordinal));
    }

    [Theory]
    [Shows("what-operators-are-told-to-install-is-what-the-tests-run-with")]
    [InlineData("tests/devcloud/glance-property-protections.conf")]
    [InlineData("tests/devcloud/glance-policy.yaml")]
    public void What_operators_are_told_to_install_is_what_the_tests_run_with(string file)
    {
        var lines = File.ReadAllLines(Checkout.File(file)).Select(line => line.Length > 0 ? $"    {line}" : line);

        Assert.Contains($"\n\n{string.Join('\n', lines)}\n\n", Page, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("the-line-for-nova-names-every-mark")]
    public void The_line_for_nova_names_every_mark()
    {
        var marks = typeof(ImageMarks).GetFields()
            .Where(field => field.IsLiteral && field.Name is not nameof(ImageMarks.Imgsync))
            .Select(field => (string)field.GetRawConstantValue()!)
            .Concat(Enum.GetValues<DigestAlgorithm>().Select(ImageMarks.Digest))
            .Concat(Enum.GetValues<DigestAlgorithm>().Select(ImageMarks.Unpacked));

        var line = NovaLine().Match(Page).Groups["names"].Value.Split(',');

        Assert.Equal(["cache_in_nova", "bittorrent"], line[..2]);
        Assert.Equal(marks.Order(StringComparer.Ordinal), line[2..].Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"`(?<statement>[a-z0-9]+(-[a-z0-9]+)+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Statement();

    [GeneratedRegex(@"non_inheritable_image_properties = (?<names>\S+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex NovaLine();
}
