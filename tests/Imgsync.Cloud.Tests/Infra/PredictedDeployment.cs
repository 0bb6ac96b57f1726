using System.Text.Json;

namespace Imgsync.Cloud.Tests.Infra;

/// <summary>What Azure would be asked for: the templates, evaluated by the Bicep CLI for one set of parameters, without Azure.</summary>
public sealed class PredictedDeployment : IAsyncLifetime
{
    public const string Secret = "b3tter-n0t-be-seen";

    public const string OwnSecret = "a-pr0xy-passw0rd";

    /// <summary>Two clouds, one of each way in; many distributions; the longest name there may be.</summary>
    private const string Parameters = $$"""
        using '{0}'
        param name = 'tencharsok'
        param distributions = [for i in range(0, 25): 'debian${i}']
        param clouds = [
          {
            name: 'one'
            authUrl: 'https://one.example.org/v3'
            region: 'RegionOne'
            interface: 'internal'
            imageEndpoint: 'https://images.example.org/'
            caCertificates: 'a private authority'
            signIn: { type: 'v3applicationcredential', applicationCredentialId: 'abc' }
          }
          {
            name: 'two'
            authUrl: 'https://two.example.org/v3'
            signIn: { type: 'password', username: 'u', userDomainName: 'd', projectName: 'p', projectDomainName: 'd' }
          }
        ]
        param moreSettings = { HTTPS_PROXY: 'http://u:{{OwnSecret}}@proxy.example.org', Imgsync__Publish__Keep: '7' }
        param keystoneSecrets = { one: '{{Secret}}', two: '{{Secret}}' }
        param alertEmails = ['operators@example.org']
        param packageUri = 'https://releases.example.org/Imgsync.Functions.0.1.0.zip'
        param signedLinks = true
        param reach = { kind: 'new', addressPrefix: '10.20.0.0/24' }
        """;

    private JsonDocument? _snapshot;

    public string Text { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("imgsync-bicep-").FullName;
        var file = Path.Combine(folder, "main.bicepparam");
        var template = Path.GetRelativePath(folder, Checkout.File("infra/bicep/main.bicep"));
        await File.WriteAllTextAsync(
            file, Parameters.Replace("{0}", template, StringComparison.Ordinal), TestContext.Current.CancellationToken);

        string[] snapshot = ["snapshot", file, "--mode", "overwrite", "--resource-group", "images", "--location", "westeurope",
            "--subscription-id", Guid.Empty.ToString(), "--tenant-id", Guid.Empty.ToString()];
        var (exitCode, said) = await BicepScript.RunAsync("tools/bicep.sh", snapshot, TestContext.Current.CancellationToken);
        Assert.True(exitCode == 0, said);

        Text = await File.ReadAllTextAsync(Path.Combine(folder, "main.snapshot.json"), TestContext.Current.CancellationToken);
        _snapshot = JsonDocument.Parse(Text);
        Directory.Delete(folder, recursive: true);
    }

    public ValueTask DisposeAsync()
    {
        _snapshot?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>All resources of one type.</summary>
    public IReadOnlyList<JsonElement> Resources(string type) =>
        [.. _snapshot!.RootElement.GetProperty("predictedResources").EnumerateArray()
            .Where(resource => string.Equals(resource.GetProperty("type").GetString(), type, StringComparison.Ordinal))];

    /// <summary>The properties of the only resource of a type.</summary>
    public JsonElement Only(string type) => Assert.Single(Resources(type)).GetProperty("properties");

    /// <summary>The template's own, as the expression that Azure is given: it also has the operator's, which are a secret and stay unread.</summary>
    public string AppSettingsExpression => Only("Microsoft.Web/sites/config").GetString()!;

    /// <summary>The template's own; what only Azure can work out is an expression.</summary>
    public IReadOnlyDictionary<string, string> AppSettings()
    {
        const string Objects = "[shallowMerge(createArray(";
        const string One = "createObject(";
        Assert.StartsWith(Objects, AppSettingsExpression, StringComparison.Ordinal);
        return Arguments(AppSettingsExpression[Objects.Length..])
            .Where(argument => argument.StartsWith(One, StringComparison.Ordinal))
            .SelectMany(argument => Arguments(argument[One.Length..]).Chunk(2))
            .ToDictionary(pair => Literal(pair[0]), pair => Literal(pair[1]), StringComparer.Ordinal);

        static string Literal(string argument) =>
            argument is ['\'', .. var inner, '\''] ? inner.Replace("''", "'", StringComparison.Ordinal) : argument;
    }

    /// <summary>The arguments of a function of the template language, up to the bracket that closes them.</summary>
    private static IEnumerable<string> Arguments(string text)
    {
        var (begin, depth, quoted) = (0, 0, false);
        for (var place = 0; depth >= 0; place++)
        {
            quoted ^= text[place] is '\'';
            depth += quoted ? 0 : text[place] switch { '(' => 1, ')' => -1, _ => 0 };
            if (quoted || depth > 0 || (depth == 0 && text[place] is not ','))
                continue;
            yield return text[begin..place].Trim();
            begin = place + 1;
        }
    }
}

/// <summary>Predicted once for all tests that look at it.</summary>
[CollectionDefinition(nameof(PredictedDeployment))]
public sealed class PredictedOnce : ICollectionFixture<PredictedDeployment>;
