using Imgsync.Core.Http;

namespace Imgsync.Core.Tests.Http;

/// <summary>The proxies' variables as people write them.</summary>
public sealed class EnvironmentProxyTests
{
    [Theory]
    [InlineData("http://proxy.example:3128", "http://proxy.example:3128/", null, null)]
    [InlineData("proxy.example:3128", "http://proxy.example:3128/", null, null)]
    [InlineData(" http://proxy.example:3128/ ", "http://proxy.example:3128/", null, null)]
    [InlineData("http://proxy.example:3128/some/path?x#y", "http://proxy.example:3128/", null, null)]
    [InlineData("HTTP://proxy.example", "http://proxy.example/", null, null)]
    [InlineData("https://proxy.example:8443", "https://proxy.example:8443/", null, null)]
    [InlineData("socks5h://proxy.example:1080", "socks5://proxy.example:1080/", null, null)]
    [InlineData("http://[fd00::1]:3128", "http://[fd00::1]:3128/", null, null)]
    [InlineData("http://bot:Sup3rSecret@proxy.example:3128", "http://proxy.example:3128/", "bot", "Sup3rSecret")]
    [InlineData("bot:Sup3rSecret@proxy.example:3128", "http://proxy.example:3128/", "bot", "Sup3rSecret")]
    [InlineData("http://bot@proxy.example:3128", "http://proxy.example:3128/", "bot", "")]
    [InlineData("http://bot:Sup3r%20Se%3Acret%40@proxy.example:3128", "http://proxy.example:3128/", "bot", "Sup3r Se:cret@")]
    [InlineData("http://bot:Sup3r@Se/cr#e?t x:y@proxy.example:3128/p", "http://proxy.example:3128/", "bot", "Sup3r@Se/cr#e?t x:y")]
    [InlineData("http://corp%5Cbot:Sup3r+Secret@proxy.example:3128", "http://proxy.example:3128/", @"corp\bot", "Sup3r+Secret")]
    public void The_address_never_holds_user_and_password(string written, string address, string? user, string? password)
    {
        var proxy = Read(("https_proxy", written))!;

        var read = proxy.GetProxy(new Uri("https://cloud.example/"))!;

        Assert.Equal(address, read.AbsoluteUri);
        Assert.Equal("", read.UserInfo);
        var credential = proxy.GetCredential(read, "Basic");
        Assert.Equal((user, password), (credential?.UserName, credential?.Password));
        Assert.Null(proxy.GetCredential(new Uri("http://elsewhere.example/"), "Basic"));
    }

    [Theory]
    [InlineData("ftp://bot:Sup3rSecret@proxy.example:3128")]
    [InlineData("http://bot:Sup3rSecret@")]
    [InlineData("http://bot:Sup3rSecret@proxy.example:31 28")]
    [InlineData("http://bot:Sup3rSecret@proxy.example:99999")]
    [InlineData("\"http://bot:Sup3rSecret@proxy.example:3128\"")]
    public void What_is_not_understood_is_a_fault_of_that_variable_and_never_the_way_without_a_proxy(string written)
    {
        var proxy = Read(("ALL_PROXY", written))!;

        var fault = Assert.Throws<ConfigurationException>(() => proxy.GetProxy(new Uri("http://cloud.example/")));

        Assert.Contains("The variable ALL_PROXY", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Sup3rSecret", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://cloud.example/", "http://plain.example/")]
    [InlineData("https://cloud.example/", "http://all.example/")]
    public void Each_scheme_has_its_variable_and_all_proxy_is_for_the_rest(string url, string proxy)
    {
        var read = Read(("HTTP_PROXY", "http://upper.example"), ("http_proxy", "http://plain.example"), ("all_proxy", "http://all.example"));

        Assert.Equal(proxy, read!.GetProxy(new Uri(url))?.AbsoluteUri);
    }

    [Fact]
    public void In_a_cgi_program_HTTP_PROXY_is_a_clients_header()
    {
        Assert.Null(Read(("HTTP_PROXY", "http://evil.example"), ("GATEWAY_INTERFACE", "CGI/1.1")));
    }

    [Fact]
    public void Without_a_variable_there_is_none()
    {
        Assert.Null(Read(("NO_PROXY", "*"), ("HTTPS_PROXY", " ")));
    }

    [Theory]
    [InlineData("127.0.0.0/8", "http://127.1.2.3:5000/v3")]
    [InlineData("10.1.2.3/8", "https://10.200.0.1/")]
    [InlineData("192.168.0.0/23", "https://192.168.1.255/")]
    [InlineData("0.0.0.0/0", "https://192.168.1.255/")]
    [InlineData("fd00::/8", "https://[fd12::1]:5000/")]
    [InlineData("[fd00::]/8", "https://[fd12::1]:5000/")]
    [InlineData("10.0.0.0/8", "http://[::ffff:10.1.1.1]/")]
    [InlineData("*", "https://anything.example/")]
    [InlineData("example.org, *", "https://anything.example/")]
    [InlineData("*.example.org", "https://keystone.example.org/")]
    [InlineData("*.example.org", "https://example.org/")]
    [InlineData("10.0.*", "https://10.0.3.4/")]
    [InlineData("keystone*", "https://keystone-a.example.org/")]
    [InlineData(".example.org", "https://keystone.example.org:5000/v3")]
    [InlineData(".example.org", "https://example.org/")]
    [InlineData("..example.org", "https://a.example.org/")]
    [InlineData("example.org", "https://keystone.EXAMPLE.org/")]
    [InlineData("example.org.", "https://keystone.example.org/")]
    [InlineData("example.org", "https://keystone.example.org./")]
    [InlineData("127.0.0.1:5000", "http://127.0.0.1:5000/v3")]
    [InlineData("keystone.example.org:443", "https://keystone.example.org/")]
    [InlineData(".example.org:5000", "https://keystone.example.org:5000/")]
    [InlineData("[::1]:5000", "http://[::1]:5000/")]
    [InlineData("::1", "http://[::1]:5000/")]
    [InlineData("[::1]", "http://[::1]:5000/")]
    [InlineData("localhost", "http://localhost:5000/")]
    [InlineData("a b;c\texample.org", "http://example.org/")]
    [InlineData("https://keystone.example.org/", "https://keystone.example.org/")]
    [InlineData("https://keystone.example.org:5000", "https://keystone.example.org:5000/")]
    [InlineData("https://keystone.example.org:5000/v3", "https://keystone.example.org:5000/")]
    [InlineData("http://10.0.0.5/identity/v3", "http://10.0.0.5:5000/")]
    [InlineData("bücher.example", "https://xn--bcher-kva.example/")]
    public void What_the_operator_excluded_goes_past_the_proxy(string list, string url)
    {
        var proxy = Read(("ALL_PROXY", "http://proxy.example:3128"), ("NO_PROXY", list))!;

        Assert.Null(proxy.GetProxy(new Uri(url)));
        Assert.True(proxy.IsBypassed(new Uri(url)));
        Assert.Empty(proxy.Exclusions.Misunderstood);
    }

    [Theory]
    [InlineData("127.0.0.0/8", "http://128.0.0.1/")]
    [InlineData("10.0.0.0/9", "http://10.128.0.1/")]
    [InlineData("fd00::/8", "http://[fe00::1]/")]
    [InlineData("0.0.0.0/0", "http://cloud.example/")]
    [InlineData("example.org", "http://notexample.org/")]
    [InlineData("*.example.org", "http://notexample.org/")]
    [InlineData("127.0.0.1:5000", "http://127.0.0.1:5001/")]
    [InlineData("keystone.example.org:443", "http://keystone.example.org/")]
    [InlineData("", "http://cloud.example/")]
    public void What_is_not_excluded_goes_to_the_proxy(string list, string url)
    {
        var proxy = Read(("ALL_PROXY", "http://proxy.example:3128"), ("no_proxy", list))!;

        Assert.NotNull(proxy.GetProxy(new Uri(url)));
        Assert.False(proxy.IsBypassed(new Uri(url)));
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("10/8")]
    [InlineData("example.org/path/more")]
    [InlineData("example.org:http")]
    [InlineData("example.org:70000")]
    [InlineData("<local>")]
    [InlineData("10.0.0.1-10.0.0.9")]
    public void An_entry_that_is_not_understood_is_named(string entry)
    {
        Assert.Equal([entry], ProxyExclusions.Parse($"a.example,{entry},b.example").Misunderstood);
    }

    private static EnvironmentProxy? Read(params (string Name, string Value)[] variables) =>
        EnvironmentProxy.Read(name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault());
}
