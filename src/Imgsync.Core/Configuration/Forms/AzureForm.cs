using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Configuration.Forms;

/// <summary>Settings as the app settings of an Azure Functions app, in the JSON that <c>az functionapp config appsettings set</c> and
/// the portal read. A secret is never among them: its place is the vault, and a reference says where.</summary>
public sealed class AzureForm
{
    private readonly List<AzureSetting> _settings = [];
    private readonly List<string> _secrets = [];
    private readonly List<string> _warnings = [];
    private readonly ImgsyncOptions _options;
    private readonly string _vault;

    /// <param name="vault">The name of the key vault that holds, or will hold, the secrets.</param>
    public AzureForm(ImgsyncOptions options, string vault)
    {
        (_options, _vault) = (options, vault);
        foreach (var said in ChangedSetting.Of(options))
            Add(said);
    }

    /// <summary>The names of the vault's secrets that the settings refer to.</summary>
    public IReadOnlyList<string> Secrets => _secrets;

    /// <summary>What does not mean in an app what it means on this machine.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    public string Write() => JsonSerializer.Serialize(_settings, AzureJson.Readable.Settings).ReplaceLineEndings("\n") + "\n";

    private void Add(ChangedSetting said)
    {
        var key = Origin.Dotted(string.Join(':', said.Path));
        if (said.Path is ["log", ..])
            _warnings.Add($"{key} is for the command line and was left out: the app logs to its host and to Application Insights.");
        else if (said.Value is Secret)
            AddSecret(said, key);
        else
            AddValue(said, key);
    }

    /// <summary>The one secret that a cloud's sign-in uses has the name that the templates give it; one
    /// that is not used would have to be in the vault for nothing.</summary>
    private void AddSecret(ChangedSetting said, string key)
    {
        var secret = $"imgsync-{string.Join('-', said.Path)}".ToLowerInvariant();
        if (said.Path is ["clouds", int position, "auth", string kind])
        {
            var cloud = _options.Clouds[position];
            secret = $"keystone-{cloud.Name}";
            if (kind != KindOf(cloud.Auth.Type))
            {
                _warnings.Add($"{key} is not what {cloud.Auth.Type} signs in with and was left out.");
                return;
            }
        }

        _secrets.Add(secret);
        _settings.Add(new AzureSetting(Name(said.Path), $"@Microsoft.KeyVault(VaultName={_vault};SecretName={secret})"));
    }

    private void AddValue(ChangedSetting said, string key)
    {
        // The name of an app setting may hold nothing but letters, digits, dots and underscores: an image property's would not do.
        var items = said.Value switch
        {
            IDictionary pairs => pairs.Keys.Cast<string>().Select(name => $"{name}={SettingText.Of(pairs[name]!)}"),
            IList list => list.Cast<object>().Select(SettingText.Of),
            _ => null,
        };
        if (said.Path[^1] is "caFile" or "caFiles" or "certFile" or "keyFile" or "catalog")
        {
            var named = items is null ? SettingText.Of(said.Value) : string.Join(", ", items);
            _warnings.Add($"{key} names a file of this machine, {named}: publish it with the app and correct the path.");
        }

        if (items is null)
            _settings.Add(new AzureSetting(Name(said.Path), SettingText.Of(said.Value)));
        else
            _settings.AddRange(items.Select((item, i) => new AzureSetting(Name([.. said.Path, i]), item)));
    }

    private static string KindOf(string signIn) => signIn switch
    {
        "v3applicationcredential" => "applicationCredentialSecret",
        "v3token" => "token",
        _ => "password",
    };

    private static string Name(IReadOnlyList<object> path) => string.Join("__", path.Select(Part).Prepend("Imgsync"));

    private static string Part(object key) => key is string text ? char.ToUpperInvariant(text[0]) + text[1..] : $"{key}";
}

/// <param name="SlotSetting">Whether it stays with a deployment slot; imgsync has none.</param>
public sealed record AzureSetting(string Name, string Value, bool SlotSetting = false);

[JsonSerializable(typeof(IReadOnlyList<AzureSetting>), TypeInfoPropertyName = "Settings")]
internal sealed partial class AzureJson : JsonSerializerContext
{
    public static AzureJson Readable { get; } = new(
        new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
