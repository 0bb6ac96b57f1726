using Imgsync.Core.Catalog.Reading;

namespace Imgsync.Core.Tests.Catalog;

public sealed class CatalogFaultTests : IDisposable
{
    private static readonly Dictionary<string, Uri> NoMirrors = new(StringComparer.Ordinal);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"catalog-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("""{ "distribution": {} }""", "distribution is not a part")]
    [InlineData("""{ "distributions": { "debian12": { "tittle": "x" } } }""", "distributions.debian12.tittle is not a member of a catalogue entry; did you mean title?")]
    [InlineData("""{ "distributions": { "debian12": { "path": "bookworm/latest" } } }""", "distributions.debian12.path")]
    [InlineData("""{ "distributions": { "debian12": { "path": "../bookworm/latest/" } } }""", "distributions.debian12.path")]
    [InlineData("""{ "distributions": { "debian12": { "path": "bookworm/../latest/" } } }""", "distributions.debian12.path")]
    [InlineData("""{ "distributions": { "debian12": { "path": "/bookworm/" } } }""", "distributions.debian12.path")]
    [InlineData("""{ "distributions": { "debian12": { "path": "https://evil.example/" } } }""", "distributions.debian12.path")]
    [InlineData("""{ "distributions": { "debian12": { "path": "bookworm/%2e%2e/" } } }""", "distributions.debian12.path")]
    [InlineData("""{ "distributions": { "debian12": { "image": "a/{arch}.qcow2" } } }""", "distributions.debian12.image")]
    [InlineData("""{ "distributions": { "debian12": { "image": "a\\{arch}.qcow2" } } }""", "distributions.debian12.image")]
    [InlineData("""{ "distributions": { "debian12": { "image": "..{arch}" } } }""", "distributions.debian12.image")]
    [InlineData("""{ "distributions": { "debian12": { "image": "same.qcow2" } } }""", "distributions.debian12.image is the same for every architecture")]
    [InlineData("""{ "distributions": { "debian12": { "rawImage": "a/{arch}.raw" } } }""", "distributions.debian12.rawImage is \"a/{arch}.raw\"")]
    [InlineData("""{ "distributions": { "debian12": { "rawImage": "a-{build}.raw" } } }""", "distributions.debian12.rawImage has {build}, which stands neither")]
    [InlineData("""{ "distributions": { "debian12": { "rawImage": "{arch}.raw", "diskFormat": "raw" } } }""", "distributions.debian12.rawImage has no use, because")]
    [InlineData("""{ "distributions": { "debian12": { "rawImage": "other-{arch}.raw" } } }""", "rawImage is \"other-{arch}.raw\"; it must be called as the image is")]
    [InlineData("""{ "distributions": { "alpine": { "rawImage": "a.raw" } } }""", "distributions.alpine.rawImage needs a list")]
    [InlineData("""{ "distributions": { "golden": { "url": "https://a.example/a.qcow2", "rawImage": "a.raw" } } }""", "distributions.golden.rawImage has no use beside url")]
    [InlineData("""{ "distributions": { "debian12": { "architectures": ["Vax"] } } }""", "distributions.debian12.architectures is \"Vax\"")]
    [InlineData("""{ "distributions": { "debian12": { "architectures": ["Amd64", "amd64"] } } }""", "distributions.debian12.architectures holds one twice")]
    [InlineData("""{ "distributions": { "debian12": { "architectures": [] } } }""", "distributions.debian12.architectures is missing")]
    [InlineData("""{ "distributions": { "debian12": { "publisher": "debain" } } }""", "did you mean debian?")]
    [InlineData("""{ "distributions": { "debian12": { "diskFormat": "qcow3" } } }""", "distributions.debian12.diskFormat is \"qcow3\"")]
    [InlineData("""{ "distributions": { "debian12": { "minRam": -1 } } }""", "distributions.debian12.minRam is -1")]
    [InlineData("""{ "distributions": { "debian12": { "properties": { "source": "me" } } } }""", "distributions.debian12.properties.source")]
    [InlineData("""{ "distributions": { "debian12": { "properties": { "imgsync.sha256": "me" } } } }""", "distributions.debian12.properties.imgsync.sha256")]
    [InlineData("""{ "distributions": { "debian12": { "properties": { "min_disk": "5" } } } }""", "properties.min_disk sets 'min_disk', which is an attribute")]
    [InlineData("""{ "distributions": { "debian12": { "properties": { "os_glance_x": "5" } } } }""", "Glance keeps names with os_glance to itself")]
    [InlineData("""{ "distributions": { "debian12": { "properties": { "note": "{serial}" } } } }""", "'note' the unknown placeholder '{serial}': use {revision}, {buildDate}, {url}")]
    [InlineData("""{ "distributions": { "debian12": { "maxAge": "45" } } }""", "distributions.debian12.maxAge is \"45\"; it must be a duration")]
    [InlineData("""{ "distributions": { "debian12": { "purpose": "desktop" } } }""", "debian12.purpose is \"desktop\"; it must be one of generic, oldgeneric, minimal")]
    [InlineData("""{ "distributions": { "debian12": { "description": " " } } }""", "debian12.description is \" \"; it must not be empty")]
    [InlineData("""{ "distributions": { "debian12": { "replaceFrequency": "often" } } }""", "debian12.replaceFrequency is \"often\"; it must be one of yearly")]
    [InlineData("""{ "distributions": { "debian12": { "endOfSupport": "June 2028" } } }""", "debian12.endOfSupport is \"June 2028\"; it must be a day such as 2026-12-31")]
    [InlineData("""{ "publishers": { "ubuntu": { "signedWithin": "a month" } } }""", "publishers.ubuntu.signedWithin is \"a month\"; it must be a duration")]
    [InlineData("""{ "distributions": { "debian12": null } }""", "distributions.debian12 is null")]
    [InlineData("""{ "distributions": { "../debian": {} } }""", "distributions.../debian is a key that cannot be used")]
    [InlineData("""{ "distributions": { "mine": { "publisher": "debian" } } }""", "distributions.mine.title is missing")]
    [InlineData("""{ "publishers": { "debian": { "url": "ftp://cloud.debian.org/" } } }""", "publishers.debian.url is not an http or https URL")]
    [InlineData("""{ "publishers": { "debian": { "url": "images/cloud" } } }""", "publishers.debian.url is not an http or https URL")]
    [InlineData("""{ "publishers": { "debian": { "url": "https://a.example/?b=" } } }""", "publishers.debian.url has a query")]
    [InlineData("""{ "publishers": { "debian": { "index": "rpm" } } }""", "publishers.debian.index is \"rpm\"; it must be one of debian, ubuntu")]
    [InlineData("""{ "publishers": { "debian": { "digests": { "file": "SHA512SUMS" } } } }""", "publishers.debian.digests belongs to the index pieces")]
    [InlineData("""{ "publishers": { "arch": { "digests": { "file": "../SUMS", "algorithm": "Sha256" } } } }""", "publishers.arch.digests.file is \"../SUMS\"")]
    [InlineData("""{ "publishers": { "arch": { "digests": { "file": "{image}.md5", "algorithm": "Md5" } } } }""", "publishers.arch.digests.algorithm is \"Md5\"; it must be one of Sha256, Sha512")]
    [InlineData("""{ "publishers": { "arch": { "newest": { "in": "Clouds" } } } }""", "publishers.arch.newest.in is \"Clouds\"; it must be one of Digests, Alias, Listing, Text, Pointer, Redirect, Json, Simplestreams")]
    [InlineData("""{ "publishers": { "arch": { "newest": { "in": "Text", "file": "/etc/version" } } } }""", "publishers.arch.newest.file is \"/etc/version\"")]
    [InlineData("""{ "distributions": { "arch": { "newest": { "in": "Text" } } } }""", "distributions.arch.newest.file is missing")]
    [InlineData("""{ "publishers": { "arch": { "newest": { "in": "Listing", "key": "V" } } } }""", "publishers.arch.newest.key belongs to \"in\": \"Text\", and this is \"Listing\"")]
    [InlineData("""{ "publishers": { "arch": { "newest": { "on": "Listing", "in": "Listing" } } } }""", "publishers.arch.newest.on is not a member")]
    [InlineData("""{ "publishers": { "arch": { "signatureFile": { "file": "/a/b", "form": "Detached" } } } }""", "publishers.arch.signatureFile.file is \"/a/b\"")]
    [InlineData("""{ "publishers": { "arch": { "signatureFile": { "file": "https://a:b@c/d", "form": "Detached" } } } }""", "publishers.arch.signatureFile.file is \"https://a:b@c/d\"")]
    [InlineData("""{ "publishers": { "almalinux": { "digests": { "file": "{image}.sha256", "algorithm": "Sha256" } } } }""", "publishers.almalinux.digests.file is \"{image}.sha256\", which cannot be read before")]
    [InlineData("""{ "distributions": { "arch": { "newest": { "in": "Alias" } } } }""", "distributions.arch.newest.alias is missing")]
    [InlineData("""{ "publishers": { "arch": { "newest": { "in": "Json", "file": "a.json", "name": "link" } } } }""", "publishers.arch.newest.name is \"link\"; a JSON pointer begins with a slash")]
    [InlineData("""{ "distributions": { "almalinux9": { "path": "{revision}/images/{arch}/" } } }""", "distributions.almalinux9.path has {revision}, and \"in\": \"Digests\" looks for that in the list")]
    [InlineData("""{ "distributions": { "arch": { "revision": "{release}-{build}" } } }""", "distributions.arch.revision has {release}, which stands neither in path nor in image")]
    [InlineData("""{ "distributions": { "arch": { "parts": { "build": "[0-9]" } } } }""", "distributions.arch.parts.build stands neither in path nor in image")]
    [InlineData("""{ "distributions": { "arch": { "behind": -1 } } }""", "distributions.arch.behind is -1; it must be a number of releases")]
    [InlineData("""{ "distributions": { "arch": { "digest": "sha256:00" } } }""", "distributions.arch.digest belongs to url")]
    [InlineData("""{ "distributions": { "arch": { "visibility": "Secret" } } }""", "distributions.arch.visibility is \"Secret\"; it must be one of")]
    [InlineData("""{ "distributions": { "arch": { "architectureProperties": { "Amd64": { "source": "x" } } } } }""", "distributions.arch.architectureProperties.Amd64.source")]
    [InlineData("""{ "distributions": { "arch": { "url": "https://x/y.qcow2" } } }""", "distributions.arch.publisher has no use beside url")]
    [InlineData("""{ "distributions": { "g": { "url": "https://x/y?z", "title": "G", "osDistro": "g", "osVersion": "1", "adminUser": "g", "architectures": ["Amd64"], "revision": "1", "digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000" } } }""", "distributions.g.url is \"https://x/y?z\"; it must be")]
    [InlineData("""{ "distributions": { "g": { "url": "https://x/y", "title": "G", "osDistro": "g", "osVersion": "1", "adminUser": "g", "architectures": ["Amd64"], "revision": "new", "digest": "md5:00" } } }""", "distributions.g.revision is \"new\"; with url it must be")]
    [InlineData("""{ "publishers": { "centos": { "signature": "Required", "signedBy": ["D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81"] } } }""", "publishers.centos.signatureFile is missing")]
    [InlineData("""{ "publishers": { "arch": { "architectureNames": { "Vax": "vax" } } } }""", "publishers.arch.architectureNames is \"Vax\"")]
    [InlineData("""{ "publishers": { "arch": { "architectureNames": { "Amd64": "../x" } } } }""", "publishers.arch.architectureNames.Amd64 is \"../x\"")]
    [InlineData("""{ "distributions": { "debian12": { "image": "a-{revision}-{arch}.qcow2" } } }""", "distributions.debian12.image names the revision, which only the index pieces")]
    [InlineData("""{ "distributions": { "arch": { "image": "a.qcow2", "path": "x/" } } }""", "distributions.arch.image does not say where the revision stands")]
    [InlineData("""{ "distributions": { "arch": { "parts": { "revision": "[0-9" } } } }""", "distributions.arch.parts.revision is \"[0-9\", which is no regular expression")]
    [InlineData("""{ "distributions": { "arch": { "parts": { "revision": "(?=x)y" } } } }""", "distributions.arch.parts.revision is \"(?=x)y\", which is no regular expression")]
    [InlineData("""{ "publishers": { "debian": { "signature": "maybe" } } }""", "publishers.debian.signature is \"maybe\"")]
    [InlineData("""{ "publishers": { "debian": { "signature": "Required" } } }""", "publishers.debian.signedBy is empty")]
    [InlineData("""{ "publishers": { "ubuntu": { "signedBy": ["7DB87C81"] } } }""", "publishers.ubuntu.signedBy holds \"7DB87C81\"")]
    [InlineData("""{ "publishers": { "ubuntu": { "signedBy": ["00000000000000000000000000000000000000000000000000000000000000AA"] } } }""", "has 40 hexadecimal digits")]
    public void Is_refused_in_a_sentence_that_names_the_file_and_the_key(string json, string expected)
    {
        var fault = Assert.Single(
            Refusal(json).Faults.Distinct(StringComparer.Ordinal), line => line.Contains(expected, StringComparison.Ordinal));

        Assert.StartsWith(_file, fault, StringComparison.Ordinal);
        Assert.Matches(@"[^.?][.?]\z", fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{ \"distributions\": { \"debian12\": { \"title\": 12 } } }")]
    [InlineData("{ \"distributions\": { \"debian12\": {}, \"debian12\": {} } }")]
    [InlineData("{ \"distributions\": {}, \"distributions\": {} }")]
    [InlineData("{ \"distributions\": {} } trailing")]
    [InlineData("{ \"distributions\": { \"a\": { \"x\": [[[[[[[[1]]]]]]]] } } }")]
    public void Malformed_json_is_refused_in_one_sentence_that_names_the_file(string json) =>
        Assert.Contains(_file, Assert.Single(Refusal(json).Faults), StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var refusal = Refusal("""{ "publishers": { "debian": { "index": "rpm" } }, "distributions": { "debian11": { "path": "x" }, "debian12": { "tittle": "x" } } }""");

        Assert.Equal(3, refusal.Faults.Count);
    }

    [Fact]
    public void A_key_that_another_entrys_architecture_has_is_refused() =>
        Assert.Contains(
            Refusal("""{ "distributions": { "debian12-arm64": { "publisher": "debian", "title": "x", "path": "a/", "image": "b", "architectures": ["Arm64"], "osDistro": "d", "osVersion": "1", "adminUser": "d" } } }""").Faults,
            fault => fault.Contains("debian12-arm64 is also an architecture", StringComparison.Ordinal));

    [Fact]
    public void A_file_that_is_not_there_is_refused()
    {
        var refusal = Assert.Throws<ConfigurationException>(() => CatalogLoader.Load(_file, NoMirrors));

        Assert.Contains(_file, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_beyond_the_bound_is_refused_unread() =>
        Assert.Contains("1048577 bytes", Refusal(new string(' ', CatalogFile.MaxBytes + 1)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("debain", "http://mirror.example/", "publishers.debain is no publisher of the catalogue; did you mean debian?")]
    [InlineData("debian", "ftp://mirror.example/", "publishers.debian is not an http or https URL.")]
    [InlineData(
        "debian", "https://user:hunter2@mirror.example/", "publishers.debian holds a user name or password, which have no place in a URL.")]
    public void A_mirror_that_cannot_be_meant_is_refused(string publisher, string url, string expected)
    {
        var mirrors = new Dictionary<string, Uri>(StringComparer.Ordinal) { [publisher] = new(url) };

        var refusal = Assert.Throws<ConfigurationException>(() => CatalogLoader.Load(userFile: null, mirrors));

        Assert.Equal(expected, Assert.Single(refusal.Faults));
    }

    private ConfigurationException Refusal(string json)
    {
        File.WriteAllText(_file, json);
        return Assert.Throws<ConfigurationException>(() => CatalogLoader.Load(_file, NoMirrors));
    }
}
