namespace Imgsync.Core.Tests.Configuration.Sources;

/// <summary>The sample configuration that the original ships (version 2.1.0), with every option in it.</summary>
internal static class OriginalSample
{
    /// <summary>Every option of the original's sample file, with a value of the right kind.</summary>
    public const string EveryOption = """
        [DEFAULT]
        prefix = "site "
        properties = a=1,b=x=y
        properties = c=3
        distributions = centos6,centos7,ubuntu14,ubuntu16,ubuntu18,ubuntu20,debian10,debian11,debian12
        debug = true
        log_config_append = <None>
        log_date_format = %Y-%m-%d %H:%M:%S
        log_file = /var/log/imgsync.log
        log_dir = /var/log
        watch_log_file = false
        use_syslog = false
        use_journal = false
        syslog_log_facility = LOG_USER
        use_json = false
        use_stderr = false
        use_eventlog = false
        log_rotate_interval = 1
        log_rotate_interval_type = days
        max_logfile_count = 30
        max_logfile_size_mb = 200
        log_rotation_type = none
        logging_context_format_string = %(asctime)s.%(msecs)03d %(process)d %(levelname)s %(instance)s%(message)s
        logging_default_format_string = %(asctime)s.%(msecs)03d %(process)d %(levelname)s %(instance)s%(message)s
        logging_debug_format_suffix = %(funcName)s %(pathname)s:%(lineno)d
        logging_exception_prefix = %(asctime)s.%(msecs)03d %(process)d ERROR %(name)s %(instance)s
        logging_user_identity_format = %(user)s %(tenant)s
        default_log_levels = amqp=WARN,boto=WARN
        publish_errors = false
        instance_format = "[instance: %(uuid)s] "
        instance_uuid_format = "[instance: %(uuid)s] "
        rate_limit_interval = 0
        rate_limit_burst = 0
        rate_limit_except_level = CRITICAL
        fatal_deprecations = false

        [centos6]
        download = latest

        [centos7]
        download = latest

        [keystone_auth]
        auth_type = password
        auth_section = keystone_auth
        cafile = /ca.pem
        certfile = /cert.pem
        keyfile = /key.pem
        insecure = false
        timeout = 30
        collect_timing = false
        split_loggers = false
        auth_url = https://keystone.example:5000
        system_scope = all
        domain_id = d
        domain_name = D
        project_id = p
        project_name = P
        project_domain_id = pd
        project_domain_name = PD
        trust_id = t
        default_domain_id = dd
        default_domain_name = DD
        user_id = u
        username = alice
        user_domain_id = ud
        user_domain_name = UD
        password = 'won$$der=land'
        """;

    /// <summary>What the sample shows as unset.</summary>
    private static readonly string[] Unset =
    [
        "properties", "log_config_append", "log_file", "log_dir", "auth_type", "auth_section", "cafile", "certfile", "keyfile", "timeout",
        "auth_url", "system_scope", "domain_id", "domain_name", "project_id", "project_name", "project_domain_id", "project_domain_name",
        "trust_id", "default_domain_id", "default_domain_name", "user_id", "username", "user_domain_id", "user_domain_name", "password",
    ];

    /// <summary>The sample's own values, as they stand there behind a comment sign.</summary>
    public static string AsShipped { get; } = string.Join('\n', EveryOption.Split('\n').Select(AsShippedLine));

    private static string AsShippedLine(string line) => line.Split(" = ")[0] switch
    {
        "prefix" => "prefix =",
        "debug" => "debug = false",
        var name when Unset.Contains(name, StringComparer.Ordinal) => $"{name} = <None>",
        _ => line,
    };
}
