"""Zipkin's own way from spans to dependencies, for comparison: its decoder and linker, each line one trace."""

from __future__ import annotations

import subprocess
from pathlib import Path

_DRIVER = """
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Paths;
import zipkin2.DependencyLink;
import zipkin2.codec.SpanBytesDecoder;
import zipkin2.internal.DependencyLinker;

public final class LinkerDriver {
  public static void main(String[] args) throws Exception {
    DependencyLinker linker = new DependencyLinker();
    byte[] buffer = new byte[1 << 20];
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (InputStream in = Files.newInputStream(Paths.get(args[0]))) {
      for (int count; (count = in.read(buffer)) > 0; ) {
        int begin = 0;
        for (int at = 0; at < count; at++) {
          if (buffer[at] != '\\n') continue;
          line.write(buffer, begin, at - begin);
          linker.putTrace(SpanBytesDecoder.JSON_V2.decodeList(line.toByteArray()));
          line.reset();
          begin = at + 1;
        }
        line.write(buffer, begin, count - begin);
      }
    }
    if (line.size() > 0) linker.putTrace(SpanBytesDecoder.JSON_V2.decodeList(line.toByteArray()));
    for (DependencyLink link : linker.link()) {
      System.out.println(link.parent() + "\\t" + link.child() + "\\t" + link.callCount() + "\\t" + link.errorCount());
    }
  }
}
"""


def compiled(class_path: str, folder: Path) -> str:
    """Compile the driver into `folder`, against Zipkin's core on `class_path`; the class path to run it with."""
    source = folder / "LinkerDriver.java"
    source.write_text(_DRIVER)
    subprocess.run(["javac", "-cp", class_path, "-d", str(folder), str(source)], check=True)
    return f"{folder}:{class_path}"


def command(class_path: str, file: Path) -> list[str]:
    return ["java", "-cp", class_path, "LinkerDriver", str(file)]


def calls(output: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Calls and errors of each pair of parties."""
    links = (line.split("\t") for line in output.splitlines())
    return {(parent, child): (int(count), int(errors)) for parent, child, count, errors in links}
