using System.Text;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;
using Microsoft.Extensions.Configuration;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>An example for every key, as it stands in <c>imgsync.json</c>. Keys of one name have one example wherever they stand.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string> ByEnd = new(StringComparer.Ordinal)
    {
        ["distributions"] = """["debian12", "ubuntu24"]""",
        ["catalog"] = "\"/etc/imgsync/catalog.json\"",
        ["publishers"] = """{ "debian": "https://mirror.example/debian/" }""",
        ["maxParallel"] = "8",
        ["pipeline"] = "\"staged-first\"",
        ["publish.prefix"] = "\"site \"",
        ["publish.nameTemplate"] = "\"{prefix}{title} {architecture} [{revision}]\"",
        ["publish.latestName"] = "\"{prefix}{title}\"",
        ["publish.visibility"] = "\"community\"",
        ["publish.metadata"] = "\"scs\"",
        ["publish.properties"] = """{ "hw_rng_model": "virtio" }""",
        ["publish.removeProperties"] = """["os_admin_user"]""",
        ["publish.tags"] = """["os:{osDistro}", "managed_by_imgsync"]""",
        ["publish.members"] = """["6e2d3f6a7c1b4d5e8f90a1b2c3d4e5f6", "web@customers"]""",
        ["publish.acceptMembers"] = "true",
        ["publish.stores"] = """["ceph", "file"]""",
        ["publish.upload"] = "\"glance-direct\"",
        ["publish.importTimeout"] = "\"3h\"",
        ["publish.linkLifetime"] = "\"2h\"",
        ["publish.conversion"] = "\"glance\"",
        ["publish.protected"] = "true",
        ["publish.keep"] = "3",
        ["prune.enabled"] = "false",
        ["prune.minAge"] = "\"1d\"",
        ["prune.renameAfter"] = "\"0\"",
        ["prune.communityAfter"] = "\"0\"",
        ["prune.hideAfter"] = "\"7d\"",
        ["prune.deactivateAfter"] = "\"30d\"",
        ["prune.deleteAfter"] = "\"90d\"",
        ["prune.maxPrune"] = "25",
        ["prune.orphans"] = "\"prune\"",
        ["prune.adoptLegacy"] = "true",
        ["staging.keepFor"] = "\"3d\"",
        ["title"] = "\"Debian 12 (bookworm)\"",
        ["publisher"] = "\"debian\"",
        ["path"] = "\"bookworm/daily/latest/\"",
        ["imageName"] = "\"debian-12-generic-amd64.qcow2\"",
        ["rawImageName"] = "\"none\"",
        ["diskFormat"] = "\"raw\"",
        ["osDistro"] = "\"debian\"",
        ["osVersion"] = "\"12\"",
        ["adminUser"] = "\"debian\"",
        ["minRam"] = "512",
        ["signature"] = "\"required\"",
        ["mirrors"] = """["https://near.example/debian/", "https://far.example/debian/"]""",
        ["staging.folder"] = "\"/var/cache/imgsync\"",
        ["staging.blobEndpoint"] = "\"https://account.blob.core.windows.net/\"",
        ["staging.connectionString"] = "\"UseDevelopmentStorage=true\"",
        ["staging.container"] = "\"images\"",
        ["upstream.idleTimeout"] = "\"90s\"",
        ["upstream.imageTimeout"] = "\"4h\"",
        ["upstream.retries"] = "5",
        ["upstream.digests"] = "\"all\"",
        ["upstream.parallelStreams"] = "4",
        ["upstream.maxImageBytes"] = "\"40GiB\"",
        ["upstream.maxUnpackedBytes"] = "\"100GiB\"",
        ["upstream.caFiles"] = """{ "debian": "/etc/ssl/debian-mirror-ca.pem" }""",
        ["caFile"] = "\"/etc/ssl/site-ca.pem\"",
        ["signatures.keyrings"] = """["/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg"]""",
        ["signatures.keyServer"] = "\"\"",
        ["maxAge"] = "\"90d\"",
        ["allowRollback"] = "\"20240717-1811\"",
        ["revision"] = "\"20240717-1811\"",
        ["hold"] = "true",
        ["workflow.activityBudget"] = "\"25m\"",
        ["workflow.attempts"] = "5",
        ["workflow.firstRetryAfter"] = "\"1m\"",
        ["serve.schedule"] = "\"15 3 * * *\"",
        ["serve.jitter"] = "\"0\"",
        ["serve.health"] = "\"0.0.0.0:8086\"",
        ["serve.onceAtStart"] = "true",
        ["notify[].url"] = "\"https://hooks.example/…\"",
        ["notify[].form"] = "\"slack\"",
        ["notify[].secret"] = "\"…\"",
        ["notify[].room"] = "\"!abcdefghijk:matrix.example\"",
        ["notify[].on"] = """["failure", "recovery"]""",
        ["notify[].remind"] = "\"12h\"",
        ["log.debug"] = "true",
        ["log.level"] = "\"information\"",
        ["log.format"] = "\"json\"",
        ["log.file"] = "\"/var/log/imgsync.log\"",
        ["name"] = "\"paris\"",
        ["type"] = "\"v3applicationcredential\"",
        ["authUrl"] = "\"https://keystone.example:5000\"",
        ["username"] = "\"imgsync\"",
        ["userId"] = "\"0f3c5d7e9a1b4c6d8e0f1a2b3c4d5e6f\"",
        ["password"] = "\"…\"",
        ["userDomainName"] = "\"Default\"",
        ["userDomainId"] = "\"default\"",
        ["projectName"] = "\"images\"",
        ["projectId"] = "\"6e2d3f6a7c1b4d5e8f90a1b2c3d4e5f6\"",
        ["projectDomainName"] = "\"Default\"",
        ["projectDomainId"] = "\"default\"",
        ["domainName"] = "\"Operators\"",
        ["domainId"] = "\"1a2b3c4d5e6f708192a3b4c5d6e7f809\"",
        ["systemScope"] = "\"all\"",
        ["trustId"] = "\"9b8a7c6d5e4f30213243546576879809\"",
        ["applicationCredentialId"] = "\"21dced0fd20347869b93710d2b98aae0\"",
        ["applicationCredentialName"] = "\"imgsync\"",
        ["applicationCredentialSecret"] = "\"…\"",
        ["token"] = "\"…\"",
        ["region"] = "\"RegionOne\"",
        ["interface"] = "\"internal\"",
        ["imageEndpoint"] = "\"https://glance.example:9292\"",
        ["caPem"] = "\"-----BEGIN CERTIFICATE-----\\nMIIB…\"",
        ["certFile"] = "\"/etc/imgsync/client.pem\"",
        ["keyFile"] = "\"/etc/imgsync/client.key\"",
        ["insecure"] = "true",
        ["timeout"] = "\"30s\"",
        ["activationTimeout"] = "\"15m\"",
    };

    public static string Of(string path) => ByEnd
        .Where(
            example =>
                string.Equals(path, example.Key, StringComparison.Ordinal) || path.EndsWith("." + example.Key, StringComparison.Ordinal))
        .Select(example => example.Value)
        .SingleOrDefault() ?? throw new InvalidOperationException($"{path} is a new key: give it an example in {nameof(Examples)}.");

    /// <summary>The example in a whole file.</summary>
    public static string File(string path)
    {
        var json = Of(path);
        foreach (var key in path.Split('.').Reverse())
        {
            json = key switch
            {
                "<distribution>" => $$"""{ "debian12": {{json}} }""",
                _ when key.EndsWith(DocumentedKey.ListItem, StringComparison.Ordinal) => $$"""{ "{{key[..^2]}}": [{{json}}] }""",
                _ => $$"""{ "{{key}}": {{json}} }""",
            };
        }

        return json;
    }

    /// <summary>What the program makes of a settings file's text.</summary>
    public static ImgsyncOptions Bind(string json)
    {
        var faults = new List<string>();
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(json));
        var settings = SettingNode.From(new ConfigurationBuilder().AddJsonStream(file).Build(), "", Origin.File("example"));

        var bound = new OptionsBinder(faults, new SecretFiles(credentials: null, faults, [])).Bind<ImgsyncOptions>(settings);

        Assert.Empty(faults);
        return bound;
    }
}
