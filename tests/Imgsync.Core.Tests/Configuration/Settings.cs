using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>A machine of one's own: three folders, an environment and a command line, all empty until a test fills them.</summary>
internal sealed class Settings : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("imgsync-settings-");
    private readonly Dictionary<string, string?> _environment = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _commandLine = new(StringComparer.Ordinal);

    public string CurrentDirectory => Folder("current");

    public string HomeDirectory => Folder("home");

    public string SystemDirectory => Folder("etc");

    public string CredentialsDirectory => Folder("credentials");

    public Settings WithJson(string json) => WithFile("imgsync.json", json);

    /// <summary>A file of the current folder.</summary>
    public Settings WithFile(string name, string text) => With(CurrentDirectory, name, text);

    public Settings WithHomeFile(string name, string text) => With(HomeDirectory, name, text);

    public Settings WithSystemFile(string name, string text) => With(SystemDirectory, name, text);

    public Settings WithVariable(string name, string? value)
    {
        _environment[name] = value;
        return this;
    }

    public Settings WithOption(string key, string? value)
    {
        _commandLine[key] = value;
        return this;
    }

    /// <summary>One that systemd would hand to a service.</summary>
    public Settings WithCredential(string name, string text) => With(CredentialsDirectory, name, text)
        .WithVariable("CREDENTIALS_DIRECTORY", CredentialsDirectory);

    /// <summary>A file beside the settings that only its owner may read.</summary>
    public string SecretFile(string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(CurrentDirectory, Path.GetRandomFileName());
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
        return path;
    }

    /// <summary>Enough of an openrc to be signed in to a cloud called <c>default</c>.</summary>
    public Settings WithOpenrc() => WithVariable("OS_AUTH_URL", "https://keystone.example/v3")
        .WithVariable("OS_USERNAME", "alice")
        .WithVariable("OS_PASSWORD", "wonderland")
        .WithVariable("OS_PROJECT_NAME", "images");

    public ConfigurationSources Sources => new()
    {
        Environment = _environment,
        CommandLine = _commandLine,
        CurrentDirectory = CurrentDirectory,
        HomeDirectory = HomeDirectory,
        SystemDirectory = SystemDirectory,
    };

    public ImgsyncConfiguration Load() => OptionsLoader.Load(Sources);

    public ImgsyncOptions Options => Load().Options;

    public CloudOptions OnlyCloud => Assert.Single(Options.Clouds);

    public IReadOnlyList<string> Faults => Assert.Throws<ConfigurationException>(Load).Faults;

    public string OnlyFault => Assert.Single(Faults);

    public void Dispose() => _root.Delete(recursive: true);

    private string Folder(string name) => _root.CreateSubdirectory(name).FullName;

    private Settings With(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }
}
