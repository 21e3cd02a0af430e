"""Friendly names for whoever does not bring one."""

from chinwag.ids import Dice

_KINDS = (
    "Amber Brave Calm Clever Cosy Curious Eager Fair Gentle Glad Golden Happy Honest "
    "Jolly Keen Kind Lively Lucky Merry Mild Neat Nimble Patient Plucky Proud Quick "
    "Quiet Ready Silver Sunny Swift Warm"
).split()
_CREATURES = (
    "Badger Bear Beaver Crane Curlew Deer Dormouse Falcon Finch Fox Hare Hedgehog "
    "Heron Ibex Jackdaw Kestrel Lark Lynx Magpie Marten Mole Otter Owl Plover Puffin "
    "Robin Seal Sparrow Squirrel Stork Swallow Wren"
).split()


def suggest_name(dice: Dice) -> str:
    """Return a person's name such as `Quiet Otter`: 1,024 of them, not unique."""
    return f"{_KINDS[dice.number(5)]} {_CREATURES[dice.number(5)]}"
