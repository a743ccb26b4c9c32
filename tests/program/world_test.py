# SPDX-License-Identifier: Apache-2.0
"""`ecco world roads` gives the city's streets to SUMO, and `ecco world show` draws the traffic that comes back."""
import json
import pathlib
import shutil
import subprocess
import unittest
import xml.etree.ElementTree

from program import BAD_DATA, IO, ProgramTest

CORNER = pathlib.Path(__file__).parent.parent / "data" / "world" / "corner.fcd.xml"


class World(ProgramTest):
    def test_roads_are_a_network_a_demand_and_a_run(self):
        answer = self.ecco("world", "roads", "--seed", "7", "--out", "roads", "--json")
        self.assert_ends(answer, 0)
        files = [self.folder / name for name in json.loads(answer.out)["files"]]
        self.assertEqual(sorted(files), sorted((self.folder / "roads").iterdir()))
        roots = {file.name: xml.etree.ElementTree.parse(file).getroot() for file in files}
        for config in ("city.netccfg", "city.sumocfg"):
            for option in roots[config]:
                if option.tag.endswith("-files") or option.tag == "net-file":
                    self.assertIn(option.get("value"), [*roots, "city.net.xml"])
        edges = {edge.get("id") for edge in roots["city.edg.xml"]}
        for flow in roots["city.rou.xml"].iter("flow"):
            self.assertLessEqual({flow.get("from"), flow.get("to")}, edges)

    def test_roads_that_cannot_be_written_say_so(self):
        self.write("roads", "in the way")
        self.assert_ends(self.ecco("world", "roads", "--out", "roads"), IO, "roads")
        self.assertEqual((self.folder / "roads").read_text(), "in the way")

    def test_a_trace_is_drawn_and_a_broken_one_named_with_its_line(self):
        shutil.copy(CORNER, self.folder / "corner.fcd.xml")
        camera = "downtown-6?seed=7&size=160x96&traffic=corner.fcd.xml"
        self.assert_ends(self.ecco("world", "show", "--camera", camera, "--at", "20"), 0, "1 pictures", " car")
        lines = CORNER.read_text().split("\n")
        self.write("corner.fcd.xml", "\n".join([*lines[:9], "<tram/>", *lines[9:]]))
        self.assert_ends(self.ecco("world", "show", "--camera", camera), BAD_DATA, "corner.fcd.xml:10", "tram")

    @unittest.skipUnless(shutil.which("netconvert") and shutil.which("sumo"), "SUMO is not installed")
    def test_the_commands_of_its_help_make_traffic(self):
        self.assert_ends(self.ecco("world", "roads", "--seed", "7", "--out", "roads"), 0)
        for command in (["netconvert", "-c", "city.netccfg"], ["sumo", "-c", "city.sumocfg", "--end", "250"]):
            subprocess.run(command, cwd=self.folder / "roads", check=True, capture_output=True)
        camera = "downtown-2?seed=7&traffic=roads/city.fcd.xml"
        self.assert_ends(self.ecco("world", "show", "--camera", camera), 0, " car")


if __name__ == "__main__":
    unittest.main(verbosity=2)
