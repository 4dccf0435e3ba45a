# ingot_add_model(NAME SOURCES model.cpp): filled in with the export command.
