namespace Imgsync.Core.Configuration.Sources;

/// <summary>
/// The options the original knows. Those of its logging library and of its HTTP session configure parts that do not exist here;
/// telling them from misspelt ones is all we need them for.
/// </summary>
internal static class OriginalNames
{
    private static readonly Dictionary<string, string[]> Understood = new(StringComparer.Ordinal)
    {
        ["DEFAULT"] = ["prefix", "properties", "distributions", "debug", "log_file", "logfile"],
        ["keystone_auth"] = ["timeout", .. KeystoneWords.Known],
    };

    private static readonly Dictionary<string, string[]> Meaningless = new(StringComparer.Ordinal)
    {
        ["DEFAULT"] =
        [
            "config_dir", "config_file", "config_source", "default_log_levels", "fatal_deprecations", "instance_format",
            "instance_uuid_format", "log_color", "log_config", "log_config_append", "log_date_format", "log_dir", "log_format",
            "log_rotate_interval", "log_rotate_interval_type", "log_rotation_type", "logdir", "logging_context_format_string",
            "logging_debug_format_suffix", "logging_default_format_string", "logging_exception_prefix", "logging_user_identity_format",
            "max_logfile_count", "max_logfile_size_mb", "publish_errors", "rate_limit_burst", "rate_limit_except_level",
            "rate_limit_interval", "syslog_log_facility", "use_eventlog", "use_journal", "use_json", "use_stderr", "use_syslog",
            "use_syslog_rfc_format", "verbose", "watch_log_file",
        ],
        ["keystone_auth"] = ["auth_section", "collect_timing", "split_loggers"],
        ["centos6"] = ["download"],
        ["centos7"] = ["download"],
    };

    public static bool IsMeaningless(OsloOption option) =>
        Meaningless.GetValueOrDefault(option.Section, []).Contains(option.Name, StringComparer.Ordinal);

    /// <summary>Null for an option the original knows.</summary>
    public static string? Complaint(OsloOption option)
    {
        string[] sections = [.. Understood.Keys.Union(Meaningless.Keys, StringComparer.Ordinal)];
        if (!sections.Contains(option.Section, StringComparer.Ordinal))
            return $"stands in a section that imgsync.conf does not have{NearestName.Hint(option.Section, sections)}.";

        string[] names = [.. Understood.GetValueOrDefault(option.Section, []), .. Meaningless.GetValueOrDefault(option.Section, [])];
        return names.Contains(option.Name, StringComparer.Ordinal)
            ? null
            : $"is not an option of imgsync.conf{NearestName.Hint(option.Name, names)}.";
    }
}
