/**
 * Python that runs once in a new interpreter, before the gate is locked and the memory image is taken: it loads what
 * programs commonly import, cuts the ties to JavaScript and defines the few functions the worker calls. It is no part
 * of the protection (that is the gate); it makes ordinary programs fast and forbidden calls speak plainly.
 */
import { TRIPWIRE } from './python-gate.ts'

export const BOOTSTRAP = `
import sys, posix, gc, time, json, atexit, traceback, ast, builtins
# The functions below keep these built-in functions, whatever a program does to the module.
globals()['__builtins__'] = dict(vars(builtins))
import array, bisect, collections, copy, datetime, decimal, enum, fractions, functools, heapq, io, itertools
import math, operator, os, random, re, statistics, string, textwrap, typing, dataclasses, contextlib
import asyncio, asyncio.base_events, asyncio.events

class _Selector:
    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError('nothing is left to wait for')
        if timeout > 0:
            time.sleep(timeout)
        return []

class _Loop(asyncio.base_events.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = _Selector()
    def _process_events(self, event_list):
        pass
    def _write_to_self(self):
        pass

class _Policy(asyncio.events._BaseDefaultEventLoopPolicy):
    _loop_factory = _Loop

# Pyodide's own versions of these would wait by way of JavaScript.
asyncio.run = asyncio.run.__wrapped__
time.sleep = time.sleep.__wrapped__
asyncio.events._set_running_loop(None)
asyncio.events._set_event_loop_policy(_Policy())

def _forbid(module, name):
    label = module.__name__ + '.' + name
    def forbidden(*args, _open=posix.open, **kwargs):
        _open('${TRIPWIRE}' + label, 0)
    forbidden.__name__ = name
    setattr(module, name, forbidden)

for _name in ('fork', 'forkpty', 'vfork', 'posix_spawn', 'posix_spawnp', 'execv', 'execve', 'system', 'popen'):
    for _module in (posix, os):
        if hasattr(_module, _name):
            _forbid(_module, _name)
try:
    import _posixsubprocess
    _forbid(_posixsubprocess, 'fork_exec')
except ImportError:
    pass

class _Bridge:
    names = {'js', 'pyodide', 'pyodide_js', '_pyodide', '_pyodide_core', 'ctypes', '_ctypes', 'webbrowser'}
    def __init__(self, open_file):
        self.open_file = open_file
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in self.names:
            self.open_file('${TRIPWIRE}' + name, 0)

for _name in list(sys.modules):
    if _name.partition('.')[0] in _Bridge.names:
        del sys.modules[_name]
sys.meta_path[:] = [_Bridge(posix.open)] + [
    finder for finder in sys.meta_path if not type(finder).__module__.startswith('_pyodide')
]
sys.excepthook = sys.__excepthook__
sys.argv = ['solution.py']
sys.path[:] = [entry for entry in sys.path if entry]

def call(namespace, name, arguments, loads=json.loads, encode=json.JSONEncoder(allow_nan=False).encode):
    if name in namespace:
        function = namespace[name]
    else:
        solution = namespace.get('Solution')
        if solution is None:
            raise NameError('the program defines no ' + name)
        function = getattr(solution(), name)
    return encode(function(*loads(arguments)))

# An object whose __eq__ always says yes passes every plain \`assert f(x) == y\`. Comparisons in tests are therefore made
# by the built-in types: a value of another type equals one of these only if it inherits their __eq__.
PLAIN = (int, float, complex, bool, str, bytes, type(None))
CONTAINERS = (list, tuple, set, frozenset, dict)
TRUSTED = {
    id(kind.__eq__) for kind in PLAIN + CONTAINERS + (
        bytearray, range, array.array, collections.deque, collections.OrderedDict, collections.Counter,
        decimal.Decimal, fractions.Fraction, datetime.date, datetime.datetime, datetime.timedelta,
    )
}
PLAIN_IDS, CONTAINER_IDS = {id(kind) for kind in PLAIN}, {id(kind) for kind in CONTAINERS}
TRUSTED_METHODS = [kind.__eq__ for kind in (bytearray, collections.Counter, fractions.Fraction)]

def equality(value, mro=type.__dict__['__mro__'].__get__, members=type.__dict__['__dict__'].__get__):
    for kind in mro(type(value)):
        if '__eq__' in members(kind):
            return id(members(kind)['__eq__'])

def is_plain(value):
    stack, seen = [value], set()
    while stack:
        item = stack.pop()
        kind = type(item)
        if id(kind) in PLAIN_IDS or id(item) in seen:
            continue
        if equality(item) not in TRUSTED:
            return False
        seen.add(id(item))
        if kind is dict:
            stack.extend(item.keys())
            stack.extend(item.values())
        elif id(kind) in CONTAINER_IDS:
            stack.extend(item)
    return True

def equal(left, right):
    if is_plain(left) is not is_plain(right):
        raise AssertionError('compared ' + type(left).__name__ + ' with ' + type(right).__name__)
    return left == right

def prepare(source):
    tree = ast.parse(source, 'test.py')
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            test = node.test
            if len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
                function = ast.Name('__guerdon_equal__', ast.Load())
                node.test = ast.Call(function, [test.left, test.comparators[0]], [])
    return compile(ast.fix_missing_locations(tree), 'test.py', 'exec')

def check(test, namespace, pristine=dict(vars(builtins))):
    exec(test, {**namespace, '__builtins__': pristine, '__guerdon_equal__': equal})

def describe(error, format_error=traceback.format_exception_only, kind=type):
    try:
        return ''.join(format_error(error)).strip()[:2000]
    except BaseException:
        return kind(error).__name__

def exit_code(error):
    code = error.code
    return 0 if code is None else code if isinstance(code, int) else 1

def finish(stdout=sys.stdout, stderr=sys.stderr, run_exits=atexit._run_exitfuncs):
    try:
        run_exits()
    except BaseException:
        pass
    for stream in (sys.stdout, sys.stderr, stdout, stderr):
        try:
            stream.flush()
        except BaseException:
            pass

gc.collect()
gc.freeze()
`
