import { testEveryAllocation } from './memory';
import { useMiserableApache } from './site';

// httpd ends a child whose pools get no memory, by its own decision: what fails is what libtsgi and mod_tsgi ask libc for.
testEveryAllocation(useMiserableApache());
