#include "runtime.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* ---- runtime ---- */

tsgi_runtime *tsgi_runtime_new(const tsgi_runtime_options *options, tsgi_spawner spawner)
{
    tsgi_runtime *runtime = calloc(1, sizeof(tsgi_runtime));

    if (runtime == NULL) {
        return NULL;
    }

    runtime->flags = options->flags;
    runtime->host_name = options->host_name == NULL ? NULL : strdup(options->host_name);
    runtime->host = options->host;
    runtime->host_data = options->port_data;
    runtime->max_groups = options->max_groups;
    runtime->spawner = spawner;

    if ((options->host_name != NULL && runtime->host_name == NULL) ||
        pthread_mutex_init(&runtime->lock, NULL) != 0) {
        free(runtime->host_name);
        free(runtime);
        return NULL;
    }

    return runtime;
}

void tsgi_runtime_free(tsgi_runtime *runtime)
{
    while (runtime->groups != NULL) {
        tsgi_group *group = runtime->groups;

        runtime->groups = group->next;
        tsgi_group_free(group);
    }

    if (runtime->home != NULL) {
        tsgi_port_unref(runtime->home);
    }

    pthread_mutex_destroy(&runtime->lock);
    free(runtime->host_name);
    free(runtime);
}

void tsgi_runtime_retire(tsgi_runtime *runtime)
{
    const tsgi_host *host = runtime->host;

    if (host != NULL && host->struct_size >= offsetof(tsgi_host, retire) + sizeof(host->retire) &&
        host->retire != NULL) {
        host->retire(runtime->host_data);
    }
}

/* ---- host ports ---- */

static void wake_host(void *data)
{
    tsgi_port *port = data;

    port->host.wake(port->host_data);
}

tsgi_port *tsgi_runtime_port_open(tsgi_runtime *runtime, const tsgi_host *host, void *port_data)
{
    tsgi_port *port = tsgi_port_new(runtime);

    if (port == NULL) {
        return NULL;
    }

    memcpy(&port->host, host,
           host->struct_size < sizeof(tsgi_host) ? host->struct_size : sizeof(tsgi_host));
    port->host_data = port_data;
    port->is_inline = (runtime->flags & TSGI_HOST_INLINE) != 0;
    tsgi_port_receive(port, wake_host, port);

    pthread_mutex_lock(&runtime->lock);

    if (runtime->home == NULL) {
        tsgi_port_ref(port);
        runtime->home = port;
    }

    pthread_mutex_unlock(&runtime->lock);

    return port;
}

void tsgi_runtime_port_close(tsgi_port *port)
{
    tsgi_runtime *runtime = port->runtime;
    bool home;

    pthread_mutex_lock(&runtime->lock);

    home = runtime->home == port;

    if (home) {
        runtime->home = NULL;
    }

    pthread_mutex_unlock(&runtime->lock);

    tsgi_port_flush(port); /* what is due holds ports of isolates */
    tsgi_port_close(port);

    if (home) {
        tsgi_port_unref(port);
    }
}

tsgi_port *tsgi_runtime_home(tsgi_runtime *runtime)
{
    tsgi_port *home;

    pthread_mutex_lock(&runtime->lock);

    home = runtime->home;

    if (home != NULL) {
        tsgi_port_ref(home);
    }

    pthread_mutex_unlock(&runtime->lock);

    return home;
}
