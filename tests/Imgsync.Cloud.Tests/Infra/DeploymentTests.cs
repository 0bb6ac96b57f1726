using System.Text.Json;
using System.Text.RegularExpressions;

namespace Imgsync.Cloud.Tests.Infra;

[Collection(nameof(PredictedDeployment))]
public sealed partial class DeploymentTests(PredictedDeployment deployment)
{
    [Fact]
    [Shows("nobody-signs-in-to-storage-with-a-key-or-reads-a-blob-without-signing-in")]
    public void Nobody_signs_in_to_storage_with_a_key_or_reads_a_blob_without_signing_in()
    {
        var accounts = deployment.Resources("Microsoft.Storage/storageAccounts").Select(account => account.GetProperty("properties")).ToList();
        var containers = deployment.Resources("Microsoft.Storage/storageAccounts/blobServices/containers");

        Assert.Equal(2, accounts.Count);
        Assert.All(accounts, account =>
        {
            Assert.False(account.GetProperty("allowSharedKeyAccess").GetBoolean());
            Assert.False(account.GetProperty("allowBlobPublicAccess").GetBoolean());
            Assert.Equal("TLS1_2", account.GetProperty("minimumTlsVersion").GetString());
        });
        Assert.Equal(2, containers.Count);
        Assert.All(
            containers, container => Assert.Equal("None", container.GetProperty("properties").GetProperty("publicAccess").GetString()));
    }

    [Fact]
    public void Telemetry_and_publishing_take_identities_only()
    {
        var policies = deployment.Resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies");

        Assert.True(deployment.Only("Microsoft.Insights/components").GetProperty("DisableLocalAuth").GetBoolean());
        Assert.True(
            deployment.Only(
                "Microsoft.OperationalInsights/workspaces").GetProperty("features").GetProperty("disableLocalAuth").GetBoolean());
        Assert.Equal(2, policies.Count);
        Assert.All(policies, policy => Assert.False(policy.GetProperty("properties").GetProperty("allow").GetBoolean()));
    }

    [Fact]
    public void The_identity_has_exactly_the_roles_it_needs_each_on_one_resource()
    {
        // The host and Durable Functions make their own containers, queues and tables while they run, so their roles are on their account.
        string[] expected =
        [
            "components 3913510d-42f4-4e42-8a64-420c390055eb", // Monitoring Metrics Publisher
            "containers ba92f5b4-2d11-453d-a403-e96b0029c9fe", // Storage Blob Data Contributor
            "storageAccounts 0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", // Storage Table Data Contributor
            "storageAccounts 974c5e8b-45b9-4653-ba55-5f855dd0fb88", // Storage Queue Data Contributor
            "storageAccounts b7e6dc6d-f1e8-4753-8033-0f276bb0955b", // Storage Blob Data Owner
            "storageAccounts db58b8e5-c6ad-4a2a-8641-1190687a3cbe", // Storage Blob Delegator
            "vaults 4633458b-17de-408a-b874-0445c86b69e6", // Key Vault Secrets User
        ];

        var roles = deployment.Resources("Microsoft.Authorization/roleAssignments")
            .Select(assignment => $"{ScopeOf(assignment)} {LastOf(assignment.GetProperty("properties").GetProperty("roleDefinitionId"))}");

        Assert.Equal(expected, roles.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.DoesNotContain(
            deployment.Resources("Microsoft.Authorization/roleAssignments").Select(assignment => assignment.GetProperty("id").GetString()!),
            id => id.Contains($"/{deployment.AppSettings()["AzureWebJobsStorage__accountName"]}/blobServices/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Links_to_staged_images_are_signed_only_where_somebody_says_so()
    {
        using var template = JsonDocument.Parse(
            await File.ReadAllTextAsync(Checkout.File("infra/azuredeploy.json"), TestContext.Current.CancellationToken));
        var (said, role) = (template.RootElement.GetProperty("parameters").GetProperty("signedLinks"), deployment
            .Resources("Microsoft.Authorization/roleAssignments")
            .Single(assignment => LastOf(assignment.GetProperty("properties").GetProperty("roleDefinitionId")).StartsWith("db58b8e5", StringComparison.Ordinal)));

        Assert.False(said.GetProperty("defaultValue").GetBoolean());
        Assert.Contains("\"condition\": \"[parameters('signedLinks')]\"", template.RootElement.GetRawText(), StringComparison.Ordinal);
        Assert.Contains($"/{deployment.AppSettings()["AzureWebJobsStorage__accountName"]}s/", role.GetProperty("id").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Further_settings_may_be_secrets_and_win()
    {
        Assert.DoesNotContain(PredictedDeployment.OwnSecret, deployment.Text, StringComparison.Ordinal);
        Assert.EndsWith(", parameters('moreSettings')))]", deployment.AppSettingsExpression, StringComparison.Ordinal);
    }

    [Fact]
    public void The_Keystone_secret_is_referred_to_and_never_seen()
    {
        var settings = deployment.AppSettings();

        Assert.DoesNotContain(PredictedDeployment.Secret, deployment.Text, StringComparison.Ordinal);
        Assert.Matches(ReferenceToVault(), settings["Imgsync__Clouds__0__Auth__ApplicationCredentialSecret"]);
        Assert.Matches(ReferenceToVault(), settings["Imgsync__Clouds__1__Auth__Password"]);
        Assert.Equal(2, deployment.Resources("Microsoft.KeyVault/vaults/secrets").Count);
    }

    [Fact]
    public void The_vault_cannot_be_emptied_for_good_by_accident()
    {
        var vault = deployment.Only("Microsoft.KeyVault/vaults");

        Assert.True(vault.GetProperty("enableRbacAuthorization").GetBoolean());
        Assert.True(vault.GetProperty("enableSoftDelete").GetBoolean());
        Assert.True(vault.GetProperty("enablePurgeProtection").GetBoolean());
    }

    [Fact]
    public void Reports_expire_and_staged_images_are_left_to_the_sweep_of_every_run()
    {
        var rules = deployment.Only("Microsoft.Storage/storageAccounts/managementPolicies").GetProperty("policy").GetProperty("rules");

        var rule = Assert.Single(rules.EnumerateArray());

        Assert.Equal((365, "imgsync/reports/"), (DaysOf(rule), Assert.Single(PrefixesOf(rule))));
    }

    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts", "^[a-z0-9]{3,24}$")]
    [InlineData("Microsoft.KeyVault/vaults", "^[a-z][a-z0-9-]{1,22}[a-z0-9]$")]
    [InlineData("Microsoft.Web/sites", "^[a-z][a-z0-9-]{0,30}[a-z0-9]$")]
    public void The_longest_name_fits_Azures_rules(string type, string rule)
    {
        Assert.NotEmpty(deployment.Resources(type));
        Assert.All(deployment.Resources(type), resource => Assert.Matches(rule, resource.GetProperty("name").GetString()));
    }

    [Fact]
    public void A_network_of_its_own_is_delegated_to_Flex_Consumption()
    {
        var subnet = Assert.Single(
            deployment.Only("Microsoft.Network/virtualNetworks").GetProperty("subnets").EnumerateArray()).GetProperty("properties");

        var delegation = Assert.Single(subnet.GetProperty("delegations").EnumerateArray());

        Assert.Equal("10.20.0.0/26", subnet.GetProperty("addressPrefix").GetString());
        Assert.Equal("Microsoft.App/environments", delegation.GetProperty("properties").GetProperty("serviceName").GetString());
        Assert.NotEqual(JsonValueKind.Null, deployment.Only("Microsoft.Web/sites").GetProperty("virtualNetworkSubnetId").ValueKind);
    }

    [GeneratedRegex(
        @"^@Microsoft\.KeyVault\(VaultName=tencharsok-[a-z0-9]{13};SecretName=keystone-(?:one|two)\)$", RegexOptions.NonBacktracking)]
    private static partial Regex ReferenceToVault();

    private static string ScopeOf(JsonElement assignment) => assignment.GetProperty("id").GetString()!.Split('/')[^6];

    private static string LastOf(JsonElement id) => id.GetString()!.Split('/')[^1];

    private static int DaysOf(JsonElement rule) =>
        rule.GetProperty("definition").GetProperty("actions").GetProperty("baseBlob").GetProperty("delete").GetProperty(
            "daysAfterModificationGreaterThan").GetInt32();

    private static IReadOnlyList<string> PrefixesOf(JsonElement rule) =>
        [.. rule.GetProperty(
            "definition").GetProperty("filters").GetProperty("prefixMatch").EnumerateArray().Select(prefix => prefix.GetString()!)];
}
