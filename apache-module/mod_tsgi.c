/* What httpd calls. */

#include "mod_tsgi.h"

#include <mpm_common.h>

/*
 * As mod_wsgi's, the aliases come behind mod_alias, so that "Alias /static" within an
 * application's path is served by httpd whatever the order of the directives, and before what
 * would take any path for one of its own.
 */
static void register_hooks(apr_pool_t *pool)
{
    static const char *const translate_before[] = {"mod_alias.c", NULL};
    static const char *const translate_after[] = {"mod_userdir.c", "mod_vhost_alias.c", NULL};
    static const char *const type_after[] = {"mod_negotiation.c", "mod_mime.c", NULL};
    static const char *const fixup_after[] = {"mod_dir.c", NULL};

    (void)pool;

    ap_hook_check_config(mod_tsgi_check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(mod_tsgi_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(mod_tsgi_child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_stopping(mod_tsgi_child_stopping, NULL, NULL, APR_HOOK_MIDDLE);

    ap_hook_translate_name(mod_tsgi_translate, translate_before, translate_after, APR_HOOK_MIDDLE);
    ap_hook_post_perdir_config(mod_tsgi_end_walk, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_type_checker(mod_tsgi_check_type, NULL, type_after, APR_HOOK_FIRST);
    ap_hook_fixups(mod_tsgi_fixup, NULL, fixup_after, APR_HOOK_MIDDLE);
    ap_hook_handler(mod_tsgi_handler, NULL, NULL, APR_HOOK_MIDDLE);
}

module AP_MODULE_DECLARE_DATA tsgi_module = {
    STANDARD20_MODULE_STUFF,
    mod_tsgi_create_dir_conf,
    mod_tsgi_merge_dir_conf,
    mod_tsgi_create_server_conf,
    mod_tsgi_merge_server_conf,
    mod_tsgi_commands,
    register_hooks,
    AP_MODULE_FLAG_NONE,
};
