"""What is printed: pages for signature and for agents' copies, set by typst from what is known. No network, no file is read
but the pages' own templates beside this one; the fonts are those that typst carries.
"""
