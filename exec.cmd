@rem On Windows, npm scripts that begin with "exec" run through here; elsewhere it is the shell's own word, by which
@rem a signal to npm reaches the server itself and drains it.
@%*
