// `node`, of the very library that is embedded: what differs under a web server is then TSGI's doing, and no other Node's.
#include <node.h>

int main(int argc, char **argv)
{
    return node::Start(argc, argv);
}
