# SPDX-License-Identifier: Apache-2.0
"""`ecco eval` reads COCO's two files, prints their twelve figures, and names whatever is wrong with them."""
import copy
import json
import unittest

from program import BAD_DATA, NO_INPUT, USAGE, ProgramTest

# Two cats and a dog of 40 x 30 pixels. One cat is found well, one badly (IoU 0.6), the dog not at all.
TRUTH = {
    "info": {"year": 2026, "urls": ["a", {"b": []}]},
    "images": [{"id": 3, "height": 100, "width": 120}, {"id": 7, "height": 100, "width": 120}],
    "annotations": [
        {"id": 1, "image_id": 3, "category_id": 5, "bbox": [10, 10, 40, 30], "area": 1200, "iscrowd": 0,
         "segmentation": [[10, 10, 50, 10, 50, 40, 10, 40]]},
        {"id": 9, "image_id": 7, "category_id": 5, "bbox": [60, 10, 40, 30], "area": 1200, "iscrowd": 0,
         "segmentation": [[60, 10, 100, 10, 100, 40, 60, 40]]},
        {"id": 4, "image_id": 7, "category_id": 8, "bbox": [10, 10, 40, 30], "area": 1200, "iscrowd": 0,
         "segmentation": {"size": [100, 120], "counts": [1010] + [30, 70] * 39 + [30, 7060]}},
    ],
    "categories": [{"id": 8, "name": "dog", "supercategory": "animal"}, {"id": 5, "name": "cat"}],
}
RESULTS = [{"image_id": 3, "category_id": 5, "bbox": [10, 10, 40, 30], "score": 0.9},
           {"image_id": 7, "category_id": 5, "bbox": [70, 10, 40, 30], "score": 0.8}]
KEYS = ["ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "ar1", "ar10", "ar100", "ar_small", "ar_medium",
        "ar_large"]


def changed(document, path, value):
    """A copy in which the member at this path is another; `...` takes it away."""
    document = copy.deepcopy(document)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return document


class Eval(ProgramTest):
    def evaluate(self, truth=TRUTH, results=RESULTS, *more):
        texts = [d if isinstance(d, str) else json.dumps(d) for d in (truth, results)]
        return self.ecco("eval", "--truth", self.write("truth.json", texts[0]),
                         "--results", self.write("results.json", texts[1]), *more)

    def figures(self, *arguments):
        answer = self.evaluate(*arguments, "--json")
        self.assertEqual(answer.code, 0, answer)
        return json.loads(answer.out)

    def test_figures_are_right(self):
        out = self.figures(TRUTH, RESULTS, "--per-category")
        self.assertEqual(list(out["figures"]), sorted(KEYS))
        cat, dog = out["categories"]
        self.assertEqual((cat["id"], cat["name"], dog["id"], dog["name"]), (5, "cat", 8, "dog"))
        # The second cat is found at .5, .55 and .6; without it, 51 of 101 recall points are met.
        self.assertAlmostEqual(cat["figures"]["ap50"], 1)
        self.assertAlmostEqual(cat["figures"]["ap75"], 51 / 101)
        self.assertAlmostEqual(cat["figures"]["ap"], (3 + 7 * 51 / 101) / 10)
        self.assertAlmostEqual(cat["figures"]["ar100"], (3 + 7 / 2) / 10)
        self.assertEqual(dog["figures"]["ap"], 0)
        self.assertAlmostEqual(out["figures"]["ap50"], .5)
        self.assertIsNone(out["figures"]["ap_small"])
        self.assertIsNone(out["figures"]["ar_large"])

    def test_masks_that_are_their_boxes_give_the_same_figures(self):
        boxes = self.figures(TRUTH, RESULTS)["figures"]
        masks = self.figures(TRUTH, RESULTS, "--iou", "segm")["figures"]
        for key in KEYS:
            self.assertEqual(masks[key], boxes[key], key)

    def test_the_table_has_the_twelve_and_a_dash_for_what_is_undefined(self):
        answer = self.evaluate(TRUTH, RESULTS, "--per-category")
        self.assert_ends(answer, 0, "IoU .75", "cat", "dog", "0.327")
        self.assertEqual(len(answer.out.split("\n\n")[0].splitlines()), 12)
        self.assertEqual(answer.out.splitlines()[3].split()[-1], "-")

    def test_no_results_are_results(self):
        self.assertEqual(self.figures(TRUTH, [])["figures"]["ap"], 0)

    def test_results_of_other_categories_are_left_out_and_said(self):
        self.assert_ends(self.evaluate(TRUTH, changed(RESULTS, [1, "category_id"], 77)), 0, "1 results", "left out")

    def test_an_annotation_with_id_0_counts_and_is_said(self):
        truth = changed(TRUTH, ["annotations", 0, "id"], 0)
        self.assertEqual(self.figures(truth, RESULTS)["figures"], self.figures(TRUTH, RESULTS)["figures"])
        self.assert_ends(self.evaluate(truth), 0, "id 0", "pycocotools")

    def test_standard_errors_are_given_where_they_are_wanted(self):
        self.assertNotIn("standard_errors", self.figures(TRUTH, RESULTS))
        told = self.figures(TRUTH, RESULTS, "--standard-error", "--per-category")
        self.assertEqual(list(told["standard_errors"]), sorted(KEYS))
        self.assertGreater(told["standard_errors"]["ap"], 0)
        self.assertIsNone(told["standard_errors"]["ap_small"])
        self.assertEqual(told["categories"][1]["standard_errors"]["ap"], 0)  # the dog: never found
        self.assert_ends(self.evaluate(TRUTH, RESULTS, "--standard-error", "--per-category"), 0, "0.327 +-")

    def test_images_of_one_block_are_resampled_together(self):
        by_video = lambda *videos: TRUTH | {
            "images": [image | {"video_id": video} for image, video in zip(TRUTH["images"], videos)]}
        each = self.figures(TRUTH, RESULTS, "--standard-error")["standard_errors"]
        self.assertEqual(self.figures(by_video("b", "a"), RESULTS, "--block", "video_id")["standard_errors"]["ap50"],
                         each["ap50"])
        # One block says nothing about the spread: the most it can be.
        self.assertEqual(self.figures(by_video(7, 7), RESULTS, "--block", "video_id")["standard_errors"]["ap"], .5)
        self.assert_ends(self.evaluate(TRUTH, RESULTS, "--block", "video_id"), BAD_DATA, "truth.json: images[0]",
                         "'video_id' is missing")

    def test_what_is_wrong_with_the_truth_is_named(self):
        segmentation = ["annotations", 1, "segmentation"]
        for path, value, says in [
                (["images"], ..., "no list 'images'"),
                (["annotations"], {"id": 1}, "no list 'annotations'"),
                (["images", 1, "id"], 3, "images[1].id: 3 is used twice"),
                (["images", 0, "height"], 0, "images[0].height"),
                (["images", 0], 5, "images[0]: must be an object"),
                (["categories", 0, "id"], "dog", "categories[0].id: must be an integer"),
                (["annotations", 2, "id"], 9, "annotations[2].id: 9 is used twice"),
                (["annotations", 2, "image_id"], 4, "annotations[2].image_id: 4"),
                (["annotations", 2, "category_id"], 6, "annotations[2].category_id: 6"),
                (["annotations", 0, "area"], ..., "annotations[0]: 'area' is missing"),
                (["annotations", 0, "iscrowd"], 2, "annotations[0].iscrowd"),
                (segmentation, 17, "annotations[1].segmentation: must be"),
                (segmentation, [[1, 2, 3, 4]], "annotations[1].segmentation[0]: polygon: 4 numbers"),
                (segmentation, [[1, 2, 3, 4, 5, None]], "annotations[1].segmentation[0][5]: must be a finite"),
                (segmentation, {"size": [120, 100], "counts": "0"}, "annotations[1].segmentation.size"),
                (segmentation, {"size": [100, 120], "counts": "0"}, "annotations[1].segmentation.counts: mask"),
                (segmentation, {"size": [100, 120], "counts": [1, -1]}, "does not fit")]:
            with self.subTest(path=path, value=value):
                self.assert_ends(self.evaluate(changed(TRUTH, path, value), RESULTS, "--iou", "segm"), BAD_DATA,
                                 "truth.json", says)

    def test_what_is_wrong_with_the_results_is_named(self):
        for path, value, says in [
                ([1, "image_id"], 4, "[1].image_id: 4 is none of the images"),
                ([1, "bbox"], [1, 2, 3], "[1].bbox: must be [x, y, width, height]"),
                ([1, "bbox", 3], -1, "[1].bbox[3]: a side"),
                ([1, "bbox", 0], "left", "[1].bbox[0]"),
                ([1, "bbox"], ..., "[1]: 'bbox' is missing"),
                ([1, "score"], "high", "[1].score: must be a finite number"),
                ([0, "score"], float("nan"), "[0]"),
                ([1, "score"], float("inf"), "[1]")]:
            with self.subTest(path=path, value=value):
                self.assert_ends(self.evaluate(TRUTH, changed(RESULTS, path, value)), BAD_DATA, "results.json", says)

    def test_what_is_no_json_or_no_list_is_named(self):
        for text, says in [("", "unexpected end"), ("{}", "not a list"), ("7", "not a list"), ("[[[", "[0]"),
                           ("[" * 100_000, "too deeply"), ('[{"score": 1e999}]', "[0]"), ("[]]", "line 1")]:
            with self.subTest(text=text[:20]):
                self.assert_ends(self.evaluate(TRUTH, text), BAD_DATA, "results.json", says)

    def test_missing_files_and_wrong_usage_are_named(self):
        truth = self.write("truth.json", json.dumps(TRUTH))
        self.assert_ends(self.ecco("eval", "--truth", truth, "--results", "nowhere.json"), NO_INPUT, "nowhere.json")
        self.assert_ends(self.ecco("eval", "--truth", truth), USAGE, "--results")
        self.assert_ends(self.ecco("eval", "--truth", truth, "--results", truth, "--iou", "hope"), USAGE, "hope")


if __name__ == "__main__":
    unittest.main(verbosity=2)
