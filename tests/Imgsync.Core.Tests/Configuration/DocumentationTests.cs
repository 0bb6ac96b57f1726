using System.Text.RegularExpressions;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>What is written about the settings is what they are. After a change to the options records, run these tests with
/// <c>IMGSYNC_WRITE_DOCS=1</c> in the environment: they then write the tables anew.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Page = Checkout.File("docs/configuration.md");

    private static bool Writes => Environment.GetEnvironmentVariable("IMGSYNC_WRITE_DOCS") is "1";

    public static TheoryData<string> Paths => [.. DocumentedKey.All.Select(key => key.Path)];

    [Fact]
    public void The_tables_of_the_page_are_those_of_the_options()
    {
        var tables = "<!-- tables: written by DocumentationTests -->\n\n" + ConfigurationTables.Write() + "\n<!-- end of tables -->";
        if (Writes)
            File.WriteAllText(Page, Tables().Replace(File.ReadAllText(Page), _ => tables));

        Assert.Equal(tables, Tables().Match(File.ReadAllText(Page)).Value);
    }

    [Fact]
    public void The_page_names_no_key_that_cannot_be_set()
    {
        var known = DocumentedKey.All.Select(key => key.Path).ToHashSet(StringComparer.Ordinal);
        var sections = known.Select(path => path.Split('.', '[')[0]).ToHashSet(StringComparer.Ordinal);

        var named = DottedName().Matches(Tables().Replace(File.ReadAllText(Page), ""))
            .Select(match => match.Groups["key"].Value)
            .Where(name => sections.Contains(name.Split('.', '[')[0]) && name is not "clouds.yaml")
            .ToList();

        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, name => !known.Contains(name));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_key_has_a_description_and_an_example_that_works(string path)
    {
        var bound = Examples.Bind(Examples.File(path));

        Assert.False(
            string.IsNullOrEmpty(
                DocumentedKey.All.Single(
                    key => string.Equals(key.Path, path, StringComparison.Ordinal)).Description), $"{path} has no [Description].");
        Assert.NotEqual(Shown(new ImgsyncOptions()), Shown(bound), StringComparer.Ordinal);
    }

    private static string Shown(ImgsyncOptions options) => string.Join('\n', EffectiveSettings.Of(options, null));

    [GeneratedRegex("<!-- tables.*<!-- end of tables -->", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tables();

    [GeneratedRegex(@"`(?<key>[a-z]\w*(\[\])?(\.(\w+|<distribution>)(\[\])?)+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DottedName();
}
