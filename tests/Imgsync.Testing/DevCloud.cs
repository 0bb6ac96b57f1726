using System.Globalization;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Xunit;

namespace Imgsync.Testing;

/// <summary>
/// A real Keystone and Glance on loopback, as a class or assembly fixture. All tests of a run share one instance, so a
/// test names its images after a prefix of its own (<see cref="UniquePrefix"/>); a test that kills, fills or empties
/// Glance does so to an instance of its own (<see cref="StartPrivateAsync"/>).
/// </summary>
public sealed class DevCloud : IAsyncLifetime
{
    /// <summary>Names the state folder of an instance that runs already; test.sh sets it.</summary>
    public const string SharedFolderVariable = "IMGSYNC_TEST_CLOUD";

    private static readonly Lazy<Task<DevCloudStart>> Shared = new(StartSharedAsync);

    private readonly bool _isPrivate;
    private DevCloudStart? _start;

    public DevCloud()
    {
    }

    private DevCloud(DevCloudStart start)
    {
        _isPrivate = true;
        _start = start;
    }

    /// <summary>With the <c>/v3</c>.</summary>
    public Uri KeystoneUrl => new($"http://127.0.0.1:{Instance["KEYSTONE_PORT"]}/v3");

    public Uri GlanceUrl => new($"http://127.0.0.1:{Instance["GLANCE_PORT"]}/");

    /// <summary>Where Glance keeps the bytes, one file per image, named by the image's id.</summary>
    public string StoreFolder => Path.Combine(Instance.Folder, "glance", "images");

    /// <summary>The state folder: what <see cref="SharedFolderVariable"/> may name for another process.</summary>
    public string Folder => Instance.Folder;

    private DevCloudInstance Instance
    {
        get
        {
            var start = _start ?? throw new InvalidOperationException("The fixture is not initialised.");
            Requirement.Demand(start.Missing);
            return start.Instance;
        }
    }

    /// <summary>An instance for one test alone. Disposing it purges it.</summary>
    /// <param name="tokenLife">How long a token is good for; Glance then asks Keystone about each one.</param>
    public static async Task<DevCloud> StartPrivateAsync(CancellationToken cancellationToken, TimeSpan? tokenLife = null)
    {
        var start = await DevCloudStart.InTemporaryFolderAsync(tokenLife, cancellationToken);
        Requirement.Demand(start.Missing);
        return new DevCloud(start);
    }

    public async ValueTask InitializeAsync() => _start ??= await Shared.Value;

    /// <summary>A shared instance goes when the process or the test run ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isPrivate)
            await Instance.RunAsync(["down", "--purge"], CancellationToken.None);
    }

    /// <summary>Keeps the names of this test's images apart from those of all others.</summary>
    public static string UniquePrefix() => $"test-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..10]} ";

    /// <summary>How to sign in as one of <c>tests/devcloud/identities.sh</c>'s users.</summary>
    public CloudOptions Cloud(string user = "syncer") => new()
    {
        Name = "devcloud",
        Region = "RegionOne",
        Auth = user is "appcred" ? ApplicationCredential() : Password(user),
    };

    /// <summary>Asks Glance directly, without the code under test.</summary>
    public Task<GlanceProbe> ProbeAsync(CancellationToken cancellationToken, string user = "admin") =>
        ProbeAsync(Password(user), cancellationToken);

    /// <inheritdoc cref="ProbeAsync(CancellationToken, string)"/>
    public Task<GlanceProbe> ProbeAsync(KeystoneOptions auth, CancellationToken cancellationToken) =>
        GlanceProbe.SignInAsync(KeystoneUrl, GlanceUrl, auth, cancellationToken);

    /// <summary>Takes a token away from whoever uses it, as an administrator may.</summary>
    public async Task RevokeAsync(Secret token, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SteadyHandler());
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"{KeystoneUrl}/auth/tokens");
        request.Headers.Add("X-Auth-Token", await GlanceProbe.TokenAsync(http, KeystoneUrl, Password("admin"), cancellationToken));
        request.Headers.Add("X-Subject-Token", token.Reveal());
        using var answer = await http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public Task ResetAsync(CancellationToken cancellationToken) => ChangeAsync(cancellationToken, "reset");

    public Task KillGlanceAsync(CancellationToken cancellationToken) => ChangeAsync(cancellationToken, "kill-glance");

    public Task RestartGlanceAsync(CancellationToken cancellationToken) => ChangeAsync(cancellationToken, "restart-glance");

    public Task StopKeystoneAsync(CancellationToken cancellationToken) => ChangeAsync(cancellationToken, "stop-keystone");

    public Task StartKeystoneAsync(CancellationToken cancellationToken) => ChangeAsync(cancellationToken, "start-keystone");

    /// <summary>How much one project may store; zero for no limit. Glance restarts.</summary>
    public Task SetQuotaAsync(long bytes, CancellationToken cancellationToken) =>
        ChangeAsync(cancellationToken, "quota", bytes.ToString(CultureInfo.InvariantCulture));

    /// <summary>The largest image; zero for Glance's default. Glance restarts.</summary>
    public Task SetCapAsync(long bytes, CancellationToken cancellationToken) =>
        ChangeAsync(cancellationToken, "cap", bytes.ToString(CultureInfo.InvariantCulture));

    /// <summary>Policy lines that win over those of the instance; none for its own again. Glance restarts.</summary>
    public async Task SetPolicyAsync(string lines, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(Instance.Folder, "glance", "policy.d", "tests.yaml"), lines, cancellationToken);
        await RestartGlanceAsync(cancellationToken);
    }

    /// <summary>The file glance-image-import.conf; empty for the instance's own again. Glance restarts.</summary>
    public async Task SetImportAsync(string settings, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(Instance.Folder, "import.conf"), settings, cancellationToken);
        await RestartGlanceAsync(cancellationToken);
    }

    private Task ChangeAsync(CancellationToken cancellationToken, params string[] command) =>
        _isPrivate
            ? Instance.RunAsync(command, cancellationToken)
            : throw new InvalidOperationException($"Other tests use this instance: take a private one for '{command[0]}'.");

    private KeystoneOptions Password(string user) => new()
    {
        AuthUrl = KeystoneUrl,
        Username = user,
        Password = new Secret(Instance[$"{user}_password"]),
        UserDomainName = "Default",
        ProjectName = user switch { "admin" => "admin", "syncer" => "images", _ => "tenant" },
        ProjectDomainName = "Default",
    };

    private KeystoneOptions ApplicationCredential() => new()
    {
        Type = "v3applicationcredential",
        AuthUrl = KeystoneUrl,
        ApplicationCredentialId = Instance["appcred_id"],
        ApplicationCredentialSecret = new Secret(Instance["appcred_secret"]),
    };

    private static async Task<DevCloudStart> StartSharedAsync() =>
        Environment.GetEnvironmentVariable(SharedFolderVariable) is { Length: > 0 } folder
            ? await DevCloudStart.InFolderAsync(folder, CancellationToken.None)
            : await DevCloudStart.InTemporaryFolderAsync(tokenLife: null, CancellationToken.None);
}
