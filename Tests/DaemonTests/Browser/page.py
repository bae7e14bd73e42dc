"""Uses the page as a person does, in a headless Chromium.

Usage: page.py ADDRESS SCREENSHOT_FOLDER

Ends with 1 and says what was expected where something is not as it should be.
"""
import os
import sys

from axe_selenium_python import Axe
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

address, screens = sys.argv[1:]
os.makedirs(screens, exist_ok=True)
options = webdriver.ChromeOptions()
# Tests run as root in a container, where Chromium's own sandbox cannot.
for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--window-size=1100,900", "--lang=en-US"]:
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def find(name):
    return browser.find_element(By.ID, name)


def texts(selector):
    """At one moment: a better answer may replace the elements at any other."""
    return browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((place) => place.innerText)",
        selector)


def names():
    return texts("#results h2")


def until(what, condition):
    WebDriverWait(browser, 30, 0.05).until(lambda _: condition(), f"expected: {what}; {names()}")


def type_query(text):
    find("query").clear()
    find("query").send_keys(text)


def screenshot(name):
    browser.save_screenshot(f"{screens}/{name}.png")


def check_accessibility(what):
    axe = Axe(browser)
    axe.inject()
    found = [(v["id"], v["impact"], [n["html"] for n in v["nodes"]])
             for v in axe.run()["violations"] if v["impact"] in ("serious", "critical")]
    assert not found, f"{what}: {found}"


def run():
    browser.get(address)
    until("the secret is taken out of the address", lambda: "#" not in browser.current_url)
    until("the query has the focus", lambda: browser.switch_to.active_element == find("query"))

    # Typing finds, from the first letters on; the own group's files and then the others'.
    type_query("comm")
    until("the own group's files", lambda: "common ann.txt" in names())
    Select(find("scope")).select_by_value("everywhere")
    until("another group's file", lambda: "common cat.txt" in names())
    marks = set(texts("#results mark"))
    assert marks == {"comm"}, marks
    near = set(texts(".nearness"))
    assert "own group" in near and any(text.startswith("own band") for text in near), near
    assert "searched 2 of 2 virtual servers" in find("coverage").text, find("coverage").text
    check_accessibility("results")
    screenshot("results")

    # Narrowing down adds a condition to the query.
    until("facets", lambda: find("facets").is_displayed())
    owner = [b for b in browser.find_elements(By.CSS_SELECTOR, "nav button") if "cat" in b.text]
    owner[0].click()
    until("only what cat owns", lambda: names() == ["common cat.txt"])
    assert 'owner:"cat"' in find("query").get_attribute("value")

    # Fast typing: what stands there is the answer to what stands in the query.
    for _ in range(5):
        type_query("common ann")
        type_query("common bob")
    until("the last query's answer", lambda: names()[:1] == ["common bob.txt"])

    # Names are shown as names, whatever they hold.
    type_query("hostile")
    until("the hostile names", lambda: len(names()) >= 4)
    shown = names()
    assert "<img src=x onerror=document.title='taken'> hostile.txt" in shown, shown
    assert any("202e" in name for name in shown), shown
    assert browser.title == "Nearfind", browser.title
    assert not browser.find_elements(By.CSS_SELECTOR, "#results img")
    screenshot("hostile")

    # Mistakes are said, once they are finished.
    type_query("(common")
    find("query").send_keys(Keys.ENTER)
    until("what is wrong", lambda: find("problem").is_displayed())
    assert "parenthesis" in find("problem").text, find("problem").text
    type_query("comon")
    until("a corrected word", lambda: "common" in find("corrections").text)

    # By keyboard alone: down into the hits, up into the query, a slash from anywhere.
    type_query("common")
    until("three hits", lambda: len(names()) == 3)
    keys = webdriver.ActionChains(browser)
    keys.send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN).perform()
    active = browser.switch_to.active_element
    assert active.tag_name == "li" and active.text.startswith(names()[1]), active.text
    webdriver.ActionChains(browser).send_keys("/").perform()
    assert browser.switch_to.active_element == find("query")

    # Korean, dark, and as narrow as a telephone.
    Select(find("language")).select_by_value("ko")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    browser.set_window_size(500, 900)
    type_query("회의")
    until("the Korean file", lambda: names() == ["회의록 2024.txt"])
    assert "가상 서버" in find("coverage").text, find("coverage").text
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "ko"
    width = browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, f"{width} pixels too wide"
    check_accessibility("Korean, dark, narrow")
    screenshot("korean-dark-narrow")

    # A query that is refused is logged by the browser as such; anything else is a defect.
    errors = [entry for entry in browser.get_log("browser")
              if entry["level"] == "SEVERE" and "status of 400" not in entry["message"]]
    assert not errors, errors


try:
    run()
except Exception:
    screenshot("failure")
    raise
finally:
    browser.quit()
